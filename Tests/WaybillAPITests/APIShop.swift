import Fixtures
import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// A served shop in memory and in virtual time, without any socket.
struct APIShop {
    static let noon = Moment(iso8601: "2026-11-29T12:00:00Z") ?? Moment(milliseconds: 0)

    let book: OrderBook
    let api: API
    /// The folder for copies.
    private let backups: TemporaryDirectory?

    init(
        workflows: [WorkflowText] = WorkflowText.shipped, isOpen: Bool = false, seed: UInt64 = 1,
        readTime: ReadTimeLimits? = nil, world: World? = nil, newGroupsStart: GroupStart? = .oldest
    ) throws {
        let backups = try TemporaryDirectory()
        try self.init(
            workflows: workflows, isOpen: isOpen, seed: seed, readTime: readTime, world: world,
            newGroupsStart: newGroupsStart, backups: backups.path, kept: backups)
    }

    /// The same with a folder for copies.
    init(backups: String?) throws {
        try self.init(
            workflows: WorkflowText.shipped, isOpen: false, seed: 1, readTime: nil, world: nil, newGroupsStart: .oldest,
            backups: backups, kept: nil)
    }

    private init(
        workflows: [WorkflowText], isOpen: Bool, seed: UInt64, readTime: ReadTimeLimits?, world: World?,
        newGroupsStart: GroupStart?, backups: String?, kept: TemporaryDirectory?
    ) throws {
        book = try OrderBook.inMemory(
            workflows: workflows, world: world ?? .virtual(VirtualClock(start: Self.noon), seed: seed))
        self.backups = kept
        var settings = ServingSettings()
        settings.backupFolder = backups
        settings.newGroupsStart = newGroupsStart
        settings.isOpen = isOpen
        settings.readTime = readTime
        api = API(
            try Served(ServedBook(book), tokens: TokenTable([]), settings: settings))
    }

    /// The same of a file, in the same virtual time.
    init(file path: String) throws {
        backups = nil
        book = try OrderBook.open(path, workflows: [], world: .virtual(VirtualClock(start: Self.noon), seed: 1))
        api = API(try Served(ServedBook(book), tokens: TokenTable([])))
    }

    /// Sends a request as an owner of the file, or with a token.
    @discardableResult
    func send(
        _ step: Example.Step, as principal: Principal? = .owner, token: String? = nil, from: Text = "",
        requestID: Text = "r-1"
    ) async -> Reply {
        var headers = CallHeaders()
        for header in step.headers { headers.add(header.name, header.value) }
        if let token { headers.add(.authorization, "Bearer \(token)") }
        if !step.body.isEmpty {
            headers.add(.contentLength, "\(step.body.utf8.count)")
            if headers[.contentType] == nil { headers.add(.contentType, "application/json") }
        }
        let head = API.Head(
            method: step.method.rawValue, target: step.target, headers: headers,
            principal: token == nil ? principal : nil, from: from)
        do throws(Problem) {
            let admission = try api.admit(head, requestID: requestID)
            return await api.answer(admission, body: Array(step.body.utf8))
        } catch {
            return error.reply(requestID: requestID, instance: Text(step.target))
        }
    }
}

extension Reply {
    /// The body; of a stream what it tells first, as server-sent events.
    var beginning: String {
        get async {
            guard let stream else { return text }
            return await stream.next()?.map(\.text).joined() ?? ""
        }
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The code of a problem.
    var code: String? {
        guard contentType == "application/problem+json" else { return nil }
        do { return try JSON(reading: body)["code"]?.asText } catch { return nil }
    }
}

extension EventStream.Item {
    /// As a server-sent event.
    var text: String {
        let id = id.map { "id: \($0)\n" } ?? ""
        let name = name.map { "event: \($0)\n" } ?? ""
        return id + name + (data.isEmpty ? "" : "data: \(String(decoding: data, as: UTF8.self))\n") + "\n"
    }

    var json: JSON { get throws { try JSON(reading: data) } }
}

extension Example.Step {
    init(get target: String) { self.init(.get, target) }

    init(post target: String, _ body: String, _ headers: [(RequestHeader, String)] = []) {
        self.init(.post, target, headers, body: body)
    }
}
