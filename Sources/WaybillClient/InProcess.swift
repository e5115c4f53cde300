package import Waybill
import WaybillAPI
package import WaybillAccess
import WaybillCore

/// Asks an order book that is open in this process: the same list of operations, without a connection.
package struct InProcess: Sendable {
    private let api: API
    private let principal: Principal

    /// - Parameter principal: who asks; who may open the file is its owner.
    package init(_ book: OrderBook, as principal: Principal = .owner) throws {
        let tokens = TokenTable(try book.engine.accessTokens().compactMap { AccessToken($0) })
        var settings = ServingSettings()
        settings.readTime = nil
        api = API(try Served(ServedBook(book), tokens: tokens, settings: settings))
        self.principal = principal
    }

    func ask(_ question: Question) async -> Reply {
        var headers = question.headers
        headers.add(.contentLength, "\(question.body.count)")
        let head = API.Head(
            method: question.operation.method.rawValue, target: question.target, headers: headers,
            principal: principal)
        do throws(Problem) {
            let admission = try api.admit(head, requestID: "")
            return await api.answer(admission, body: question.body)
        } catch {
            return error.reply(requestID: "", instance: "")
        }
    }
}
