import InMemoryTracing
import Instrumentation
import Testing
import Tracing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillServer

/// Writes and reads the spans of a test as `traceparent`.
private struct TestTracer: Tracer {
    static let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let spans = InMemoryTracer()

    private enum CallerKey: InstrumentationContextKey { typealias Value = String }

    func startSpan<Instant: TracerInstant>(
        _ name: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file: String, line: UInt
    ) -> InMemorySpan {
        let given = context()
        let span = spans.startSpan(
            name, context: given, ofKind: kind, at: instant(), function: function, file: file, line: line)
        if let caller = given[CallerKey.self] { span.attributes["caller"] = caller }
        return span
    }

    func forceFlush() {}

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        context[CallerKey.self] = extractor.extract(key: "traceparent", from: carrier)
    }

    func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let id = context.inMemorySpanContext?.spanID.split(separator: "-").last else { return }
        let span = String(repeating: "0", count: 16 - id.count) + id
        injector.inject("00-4bf92f3577b34da6a3ce929d0e0e4736-\(span)-01", forKey: "traceparent", into: &carrier)
    }
}

/// A program that serves has a tracer: it hears of each request.
@Suite struct `A request that is traced` {
    private let tracer = TestTracer()
    private let api: API
    private let book: OrderBook

    init() async throws {
        book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: Moment(milliseconds: 0)), seed: 1))
        try await book.submit(StockCommand(.receive(9), of: StockKey(sku: "mug")))
        var settings = ServingSettings()
        settings.spans = RequestSpans(tracer)
        api = API(try Served(ServedBook(book), tokens: TokenTable([]), settings: settings))
    }

    private func send(_ method: String, _ target: String, _ body: String, _ headers: [RequestHeader: String])
        async throws -> Reply
    {
        var all = CallHeaders()
        for (name, value) in headers { all.add(name, value) }
        if !body.isEmpty {
            all.add(.contentType, "application/json")
            all.add(.contentLength, "\(body.utf8.count)")
        }
        let head = API.Head(method: method, target: target, headers: all, principal: .owner)
        return await api.answer(try api.admit(head, requestID: "r-1"), body: Array(body.utf8))
    }

    @Test func `is a span of the server below its caller's, and what it does keeps that span`() async throws {
        let order = """
            {"id":"o-1","workflow":"flash-sale",
             "data":{"buyer":"ann","sku":"mug","at":"","price_cents":900,"limit":2}}
            """
        let headers: [RequestHeader: String] = [
            .idempotencyKey: "k", .role: "shop", .traceparent: TestTracer.caller,
        ]
        let placed = try await send("POST", "/v1/orders", order, headers)
        #expect(placed.status == 201, "\(String(decoding: placed.body, as: UTF8.self))")
        let span = try #require(tracer.spans.popFinishedSpans().first)
        #expect(span.operationName == "placeOrder" && span.kind == .server)
        #expect(span.attributes.get("caller") == .string(TestTracer.caller))
        #expect(span.attributes.get("http.route") == .string("/v1/orders"))
        #expect(span.attributes.get("http.request.method") == .string("POST"))
        #expect(span.attributes.get("http.response.status_code") == .int64(201))
        #expect(span.status == nil)
        let kept = try #require(try await book.history(of: "o-1")?.first?.trace)
        #expect(kept.string != TestTracer.caller && kept.string.hasPrefix("00-4bf92f3577b34da6a3ce929d0e0e4736-"))
    }

    @Test func `and refused says by which rule, and no span stays open`() async throws {
        let missing = try await send("GET", "/v1/orders/none", "", [:])
        #expect(missing.status == 404)
        let span = try #require(tracer.spans.popFinishedSpans().first)
        #expect(span.operationName == "showOrder" && span.attributes.get("caller") == nil)
        #expect(span.attributes.get("http.route") == .string("/v1/orders/{order}"))
        #expect(span.attributes.get("waybill.code") == .string("unknown_order"))
        #expect(tracer.spans.activeSpans.isEmpty)
    }

    @Test func `is none where no tracer is there`() {
        #expect(RequestSpans(NoOpTracer()) == nil)
    }
}
