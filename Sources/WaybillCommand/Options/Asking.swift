import ArgumentParser
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillClient
import WaybillCore

/// How a command asks an order book: the same questions of a closed file and of a server.
extension DatabaseOptions {
    /// Looks, and changes nothing: a closed file stays as it is, to the byte.
    func asking<Result>(_ body: (Client) async throws -> Result) async throws -> Result {
        do {
            if let client = try place.client() { return try await body(client) }
            return try await database.reading { book in try await body(Client(InProcess(book))) }
        } catch {
            throw CommandFailure.told(error)
        }
    }

    /// Changes something; a closed file is opened for it.
    ///
    /// - Parameters:
    ///   - workflows: texts that take new orders from now on, if their versions are higher.
    ///   - reason: why a server gets them, for the audit.
    ///   - isMade: whether a file that is not there is made.
    ///   - principal: who asks when the file is closed.
    func acting<Result>(
        workflows: [WorkflowText] = [], because reason: Text? = nil, isMade: Bool = false,
        as principal: Principal = .owner, _ body: (Client) async throws -> Result
    ) async throws -> Result {
        try await acting(
            on: database, workflows: workflows, because: reason, isMade: isMade, as: principal, body)
    }

    /// The same of a file that is opened in another way.
    ///
    /// Not specialized: the release compiler of Swift 6.3.1 crashes where it makes one coroutine of this and a caller's
    /// closure.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    func acting<Result>(
        on database: DatabaseFile, workflows: [WorkflowText] = [], because reason: Text? = nil, isMade: Bool = false,
        as principal: Principal = .owner, _ body: (Client) async throws -> Result
    ) async throws -> Result {
        do {
            guard let client = try place.client() else {
                return try await database.writing(workflows: workflows, isMade: isMade) { book in
                    try await body(Client(InProcess(book, as: principal)))
                }
            }
            try await prepare(client, on: database, workflows, because: reason, as: principal)
            return try await body(client)
        } catch {
            throw CommandFailure.told(error)
        }
    }

    /// What is done at a server before it is asked.
    private func prepare(
        _ client: Client, on database: DatabaseFile, _ workflows: [WorkflowText], because reason: Text?,
        as principal: Principal
    ) async throws {
        if principal.isUnchecked {
            throw CommandFailure(
                "--unchecked is for a closed file, and a server has \(place.name) open: name a role with --role",
                status: .misused)
        }
        try await WorkflowOnServer.put(workflows, because: reason, client)
        if let hold = try await client.hold() {
            if database.showsHold { Output.error.line("waybill: \(hold.sentence)") }
        } else if database.holds != nil, database.showsHold {
            throw CommandFailure(
                "--hold-timeouts is for a closed file, and a server has \(place.name) open: "
                    + "`waybill timeout hold` holds them", status: .misused)
        }
    }
}

extension Client {
    /// What holds the timeouts of orders; nil: nothing does, or who asks may not know.
    func hold() async throws -> TimeoutHold? {
        do {
            return try await find(Question("showHold"))?.hold()
        } catch let refused as Refused where refused.code == "forbidden" {
            return nil
        }
    }
}

extension JSONWriter {
    /// The member that says why not.
    mutating func refused(_ refused: Refused) {
        key("refusal")
        beginObject()
        member("code", Text(refused.code))
        member("message", Text(refused.message))
        if let values = refused.values {
            key("values")
            json(values)
        }
        if let places = refused.places {
            key("findings")
            json(places)
        }
        endObject()
    }
}

extension CommandFailure {
    /// A question that was answered with no.
    init(_ refused: Refused) {
        switch refused.code {
        case "workflow_findings" where !refused.findings.isEmpty: self.init(lines: refused.findings)
        // What the file or the filter is, not what was asked of it.
        case "defect", "not_indexed": self.init(refused.message)
        default: self.init(refused: refused.code, refused.message)
        }
        self.refused = refused
    }

    /// What ends a command because of an error; ``ErrorAnswer`` says it as one object where that was asked for.
    fileprivate static func told(_ error: any Error) -> any Error {
        switch error {
        case let refused as Refused: CommandFailure(refused)
        case let failure as ClientFailure: CommandFailure(failure)
        default: error
        }
    }

    init(_ failure: ClientFailure) {
        self.init(failure.message, status: failure.kind == .unknown ? .unknown : .impossible)
        guard failure.kind == .unreachable || failure.kind == .unreadable else { return }
        let code = failure.kind == .unreachable ? "unreachable" : "unreadable_answer"
        refused = Refused(status: 0, code: code, message: failure.message)
    }
}
