import ArgumentParser
import Waybill
import WaybillAPI
import WaybillCore

extension DatabaseOptions {
    /// Does something with messages that changes the file; a refusal is told as it was asked for, and ends with 1.
    func changing<Result>(isMade: Bool = false, _ body: (OrderBook) async throws -> Result) async throws -> Result {
        try await telling { try await database.writing(isMade: isMade, body) }
    }

    /// Looks at messages and changes nothing.
    func looking<Result>(_ body: (OrderBook) async throws -> Result) async throws -> Result {
        try await telling { try await database.reading(body) }
    }

    private func telling<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let refusal as MessageRefusal {
            guard json else {
                throw CommandFailure(refused: refusal.code, refusal.message)
            }
            var writer = JSONWriter()
            writer.beginObject()
            writer.member("accepted", false)
            writer.key("refusal")
            writer.beginObject()
            writer.member("code", Text(refusal.code))
            writer.member("message", Text(refusal.message))
            writer.endObject()
            writer.endObject()
            writer.print()
            throw ExitCode(CommandFailure.status(of: refusal.code).rawValue)
        }
    }

    /// One sentence for people, or one object for programs.
    func answer(_ sentence: String, _ members: (inout JSONWriter) -> Void) {
        guard json else { return Output.standard.line(sentence.printable) }
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        writer.print()
    }
}
