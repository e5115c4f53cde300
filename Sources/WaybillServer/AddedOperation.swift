public import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

extension BookServer {
    /// An operation that a program adds to those of the server. `/openapi.json` tells of it, tokens open it, and limits
    /// and problems are those of the others.
    ///
    /// ```swift
    /// var settings = BookServer.Settings()
    /// settings.addedOperations = [
    ///     BookServer.AddedOperation(
    ///         "countLines", .get, "/v1/shop/orders/{order}/lines", "How many kinds of goods an order holds.",
    ///         for: [.viewer], example: .init("/v1/shop/orders/order-7/lines", answer: ["lines": 2])
    ///     ) { request in
    ///         let id = OrderID(request.path("order"))
    ///         guard let order = try await book.order(id) else {
    ///             throw BookServer.AddedOperation.Problem(.notFound, "there is no order \(id)")
    ///         }
    ///         return ["lines": .int(Int64(order.holdings.count))]
    ///     }
    /// ]
    /// try await BookServer(book, settings: settings).run()
    /// ```
    public struct AddedOperation: Sendable {
        /// What asks: a read, or a change with a body.
        public enum Method: Hashable, Sendable {
            case get
            case post
        }

        /// The grant of a token that opens it. None is open to all.
        public enum Right: Hashable, Sendable {
            case anyToken
            case viewer
            case `operator`
            case admin
            case stock
            /// A role that sends commands, whichever it is.
            case orders
        }

        /// A parameter of its query, with what it means.
        public struct Parameter: Hashable, Sendable {
            public var name: String
            public var summary: String

            public init(_ name: String, _ summary: String) {
                self.name = name
                self.summary = summary
            }
        }

        /// A request and its answer, as the documentation shows them.
        public struct Example: Hashable, Sendable {
            public var target: String
            public var body: OrderBook.JSON?
            public var answer: OrderBook.JSON

            public init(_ target: String, body: OrderBook.JSON? = nil, answer: OrderBook.JSON) {
                self.target = target
                self.body = body
                self.answer = answer
            }
        }

        public let name: String
        public let method: Method
        /// With its parameters in braces: `/v1/shop/totals/{order}`.
        public let path: String
        let rights: [Right]
        let operation: WaybillAPI.Operation

        /// - Parameters:
        ///   - name: names it in documentation, logs and metrics.
        ///   - summary: what it does, in one sentence.
        ///   - rights: one of them is enough.
        ///   - answer: gives the answer, on a thread on which it may wait. What it throws is answered as a problem: a
        ///     refusal of the order book as the server's own operations answer it, a ``Problem`` as it says, all else
        ///     as a defect.
        public init(
            _ name: String, _ method: Method, _ path: String, _ summary: String, for rights: [Right],
            query: [Parameter] = [], example: Example,
            answer: @escaping @Sendable (Request) async throws -> OrderBook.JSON
        ) {
            self.name = name
            self.method = method
            self.path = path
            self.rights = rights
            operation = WaybillAPI.Operation(
                name, method.asked, PathTemplate(stringLiteral: path), summary, grant: Need(rights.map(\.right)),
                query: query.map { WaybillAPI.Parameter($0.name, .text(), $0.summary) },
                key: method == .post ? .taken : .none,
                body: method == .post ? .json(bytesMax: WaybillAPI.Operation.BodyRule.smallMax) : .none,
                answers: [WaybillAPI.Operation.Answer(200, "The answer.", .any)],
                problems: [.notFound, .notPossible, .badData, .badJSON],
                example: WaybillAPI.Example(
                    WaybillAPI.Example.Step(
                        method.asked, example.target, body: example.body.map { $0.string } ?? ""), 200,
                    example.answer.string),
                handler: { call throws(WaybillAPI.Problem) in
                    let request = try Request(call)
                    let json = try await call.book.ask { _ in
                        do { return try await answer(request) } catch let problem as Problem {
                            throw problem.asAnswered
                        }
                    }
                    return Reply(200, body: json.bytes, contentType: "application/json")
                })
        }
    }
}

extension BookServer.AddedOperation {
    /// What a caller asks.
    public struct Request: Sendable {
        /// The name of the token, for the `caller` of commands.
        public let caller: String
        /// What `Idempotency-Key` says. A command that is sent with it is done once; nothing else is done for it.
        public let key: String?
        /// The W3C trace context.
        public let trace: String?
        /// What came with a `post`; of a request without a body an empty object.
        public let body: OrderBook.JSON
        private let call: Call

        init(_ call: Call) throws(WaybillAPI.Problem) {
            self.call = call
            caller = call.principal.name.string
            key = call.key?.string
            trace = call.trace?.string
            guard !call.body.isEmpty else {
                body = .object([])
                return
            }
            try StrictJSON.check(call.body, at: "")
            do throws(OrderBook.JSON.Problem) {
                body = try OrderBook.JSON(reading: call.body)
            } catch {
                throw WaybillAPI.Problem(.badJSON, "\(error)")
            }
        }

        /// A parameter of the path; empty: it has none of this name.
        public func path(_ name: String) -> String { call.path(name).string }

        /// A parameter of the query; nil: it was not sent.
        public func query(_ name: String) -> String? { call.query.text(name)?.string }
    }

    /// Why an added operation does not do what is asked.
    public struct Problem: Error, Hashable, Sendable {
        /// Which kind it is, with its status.
        public enum Kind: Hashable, Sendable {
            /// 404: what it is about is not there.
            case notFound
            /// 409: it is not possible now.
            case notPossible
            /// 422: what was sent does not fit.
            case badData
        }

        public let kind: Kind
        public let detail: String

        public init(_ kind: Kind, _ detail: String) {
            self.kind = kind
            self.detail = detail
        }

        fileprivate var asAnswered: WaybillAPI.Problem {
            let code: ProblemCode =
                switch kind {
                case .notFound: .notFound
                case .notPossible: .notPossible
                case .badData: .badData
                }
            return WaybillAPI.Problem(code, detail)
        }
    }
}

extension BookServer.AddedOperation.Method {
    fileprivate var asked: WaybillAPI.Operation.Method {
        switch self {
        case .get: .get
        case .post: .post
        }
    }
}

extension BookServer.AddedOperation.Right {
    fileprivate var right: WaybillAccess.Right {
        switch self {
        case .anyToken: .token
        case .viewer: .viewer
        case .operator: .operator
        case .admin: .admin
        case .stock: .stock
        case .orders: .orders
        }
    }
}

extension OrderBook.JSON {
    fileprivate var string: String { String(decoding: bytes, as: UTF8.self) }
}
