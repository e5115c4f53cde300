import ArgumentParser
import Foundation
import Waybill
import WaybillAccess
import WaybillCore
import WaybillServer

/// `waybill serve`: an order backend that any language can call.
struct ServeNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve a file over HTTP, until SIGTERM.",
        discussion: """
            Each option can come from the environment too: --http is WAYBILL_HTTP. WAYBILL_HOST and WAYBILL_WORKFLOW \
            take several values with commas between them. Programs need a token, see `waybill token create`; the owner \
            of the file needs none at the socket beside it.

              waybill serve --db shop.db --create &
              curl --unix-socket shop.db.sock http://waybill/v1/stock
            """)

    @Option(help: ArgumentHelp("The file with the orders.", valueName: "file"))
    var db: String?

    @Flag(help: "Make the file if there is none.")
    var create = false

    @Option(
        help: ArgumentHelp(
            "The address of TCP, beyond loopback with TLS only; port 0: a free one; off: none.",
            valueName: "host:port"))
    var http: String?

    @Option(help: ArgumentHelp("The server's certificate in PEM, for TLS.", valueName: "file"))
    var tlsCert: String?

    @Option(
        help: ArgumentHelp(
            "The key of the certificate in PEM; a file that every user can read is refused.", valueName: "file"))
    var tlsKey: String?

    @Flag(help: "Serve without TLS beyond loopback, because a proxy that has it is all that reaches the address.")
    var behindProxy = false

    @Option(
        name: .customLong("rocketmq"),
        help: ArgumentHelp(
            "Where RocketMQ 5 clients are served, beyond loopback with TLS only; port 0: a free one.",
            valueName: "host:port"))
    var rocketMQ: String?

    @Option(
        name: .customLong("rocketmq-tls"),
        help: ArgumentHelp(
            "The certificate for RocketMQ clients with TLS: that of --tls-cert when there is one, else a self-signed "
                + "one.", valueName: "self-signed|certificate|off"))
    var rocketMQTLS: String?

    @Flag(
        name: .customLong("rocketmq-plaintext"),
        help: "Serve RocketMQ clients without TLS beyond loopback too, for a network that no one else can read.")
    var rocketMQPlaintext = false

    @Option(
        name: .customLong("rocketmq-advertise"),
        help: ArgumentHelp(
            "Where RocketMQ clients are sent, when not where they have come to; may be repeated.",
            valueName: "host:port"))
    var rocketMQAdvertise: [String] = []

    @Option(
        name: .customLong("rocketmq-invisible-min"),
        help: ArgumentHelp(
            "The shortest invisible time that a RocketMQ client may ask for.", valueName: "duration"))
    var rocketMQInvisibleMin: Interval?

    @Option(
        name: .customLong("rocketmq-poll-min"),
        help: ArgumentHelp(
            "The shortest wait of a RocketMQ client's receive, whatever it asks for.", valueName: "duration"))
    var rocketMQPollMin: Interval?

    @Option(
        name: .customLong("rocketmq-delay-max"),
        help: ArgumentHelp("The longest delay of a RocketMQ client's message.", valueName: "duration"))
    var rocketMQDelayMax: Interval?

    @Option(help: ArgumentHelp("The socket for the owner of the file; off: none.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("Another name by which the server is called; may be repeated.", valueName: "name"))
    var host: [String] = []

    @Flag(help: "Ask for no token.")
    var open = false

    @Option(help: ArgumentHelp("A workflow to open with the file; may be repeated.", valueName: "file"))
    var workflow: [String] = []

    @Option(
        help: ArgumentHelp(
            "Modules to run: cart,points,coupons,notifications,gift-pack. Notices go to a file beside the orders.",
            valueName: "names"))
    var modules: String?

    @Option(
        help: ArgumentHelp(
            "Whether a consumer group that is not there is made by its first consumer.",
            valueName: "made-by-use|declared"))
    var groups: String?

    @Option(help: ArgumentHelp("Where a group made by its first consumer begins.", valueName: "oldest|newest"))
    var newGroups: String?

    @Flag(help: "Hold timeouts of orders from the opening on: `timeout release` lets them fire.")
    var holdTimeouts = false

    @Option(help: ArgumentHelp("The folder for copies of the file.", valueName: "folder"))
    var backupDir: String?

    @Option(help: ArgumentHelp("How often a copy is made, such as 1h.", valueName: "duration"))
    var backupEvery: Interval?

    @Option(help: ArgumentHelp("How many of these copies are kept.", valueName: "count"))
    var keep: Int?

    @Option(help: ArgumentHelp("A folder on another disk to which each copy is brought.", valueName: "folder"))
    var backupTo: String?

    @Option(
        help: ArgumentHelp(
            "Where probes and monitors get /healthz, /readyz and /metrics without a token, and nothing else is served; "
                + "port 0: a free one.", valueName: "host:port"))
    var health: String?

    @Option(
        help: ArgumentHelp(
            "Connections over TCP that may be open: 12000, or 512 fewer than open files.", valueName: "count"))
    var connections: Int?

    @Option(help: ArgumentHelp("Event streams that may be open.", valueName: "count"))
    var streams: Int?

    @Option(help: ArgumentHelp("Requests of one caller that may be in work.", valueName: "count"))
    var requests: Int?

    @Option(
        help: ArgumentHelp(
            "Requests of all callers that may wait for something to come.", valueName: "count"))
    var longPolls: Int?

    @Option(help: ArgumentHelp("Operations in many writes that may run at a time.", valueName: "count"))
    var operations: Int?

    @Option(
        help: ArgumentHelp(
            "How long the reads of one question may take; a page ends after half of it.", valueName: "duration"))
    var readTime: Interval?

    @Option(help: ArgumentHelp("Reads of the file that may go on at a time.", valueName: "count"))
    var readers: Int?

    @Option(help: ArgumentHelp("How long it may take to stop.", valueName: "duration"))
    var stopWithin: Interval?

    @Option(
        help: ArgumentHelp(
            "From which level on it is said what happens; info names each request.",
            valueName: "debug|info|notice|warning|error"))
    var logLevel: String?

    @Option(help: ArgumentHelp("How that looks: json is one object a line.", valueName: "text|json"))
    var logFormat: String?

    @Flag(help: "Print each setting, and where it comes from, and end.")
    var printConfig = false

    func run() async throws {
        // What was said while the file was served is there before the command ends.
        defer { ServerLog.flush() }
        // First: how many connections there may be depends on it.
        let openFiles = ProcessBounds.raiseOpenFiles()
        var settings = ServeSettings()
        let plan = try ServePlan(self, &settings)
        guard !printConfig else { return Self.show(settings.all) }
        try OrderBookPlace.requireClosed(plan.database.path)
        ProcessBounds.tighten()
        let texts = try WorkflowChoice(plan.workflows).texts
        do {
            // A file is made only for a server that will be there.
            try plan.server.check(socket: plan.socket, beside: plan.database.path)
            try await plan.database.writing(workflows: texts, withShipped: true, isMade: plan.isMade) { book in
                try await plan.modules.install(in: book)
                let announcement = ServeAnnouncement(
                    path: plan.database.path, isOpen: plan.server.isOpen, openFiles: openFiles, log: plan.server.log)
                try await BookServer(book, settings: plan.server).run { at in announcement.say(at, of: book) }
            }
        } catch let failure as ServerFailure {
            throw CommandFailure(failure)
        }
    }

    private static func show(_ settings: [ServeSetting]) {
        var table = TextTable([.init("SETTING"), .init("VALUE"), .init("FROM")])
        for setting in settings { table.add([setting.name, setting.value, setting.origin]) }
        table.write()
    }
}

/// Who makes consumer groups.
private enum GroupsAre: String, CaseIterable {
    case madeByUse = "made-by-use"
    case declared
}

/// What `waybill serve` was asked for, checked.
struct ServePlan {
    let database: DatabaseFile
    let isMade: Bool
    let modules: ServedModules
    /// Those to open with the file, as they were named.
    let workflows: [String]
    /// The path of the socket; nil: there is none.
    private(set) var socket: String?
    private(set) var server = BookServer.Settings()

    init(_ noun: ServeNoun, _ settings: inout ServeSettings) throws(CommandFailure) {
        let path = settings.value("db", flag: noun.db, usual: "")
        guard !path.isEmpty || noun.printConfig else {
            throw CommandFailure("--db names the file to serve", status: .misused)
        }
        var file = DatabaseFile(path: path)
        file.madeBy = "`waybill serve --db \(path) --create` makes a new one"
        isMade = try settings.flag("create", flag: noun.create)
        let http = settings.value("http", flag: noun.http, usual: "127.0.0.1:7070")
        server.http = http == "off" ? nil : HTTPAddress(http)
        guard http == "off" || server.http != nil else {
            throw CommandFailure("--http is HOST:PORT or off, not \(http)", status: .misused)
        }
        server.certificate = try BookServer.Certificate(noun, &settings)
        server.isBehindProxy = try settings.flag("behind-proxy", flag: noun.behindProxy)
        server.rocketMQ = try settings.address("rocketmq", flag: noun.rocketMQ)
        server.rocketMQTLS = try settings.word(
            "rocketmq-tls", flag: noun.rocketMQTLS,
            usual: server.certificate == nil ? BookServer.RocketMQTLS.selfSigned : .certificate)
        server.isRocketMQPlain = try settings.flag("rocketmq-plaintext", flag: noun.rocketMQPlaintext)
        server.rocketMQAdvertised = try settings.values("rocketmq-advertise", flags: noun.rocketMQAdvertise)
            .map { text throws(CommandFailure) in try ServeSettings.address(text, "rocketmq-advertise") }
        server.rocketMQInvisibleMin = try settings.interval(
            "rocketmq-invisible-min", flag: noun.rocketMQInvisibleMin, usual: server.rocketMQInvisibleMin)
        server.rocketMQPollMin = try settings.interval(
            "rocketmq-poll-min", flag: noun.rocketMQPollMin, usual: server.rocketMQPollMin)
        server.rocketMQDelayMax = try settings.interval(
            "rocketmq-delay-max", flag: noun.rocketMQDelayMax, usual: server.rocketMQDelayMax)
        let socket = settings.value("socket", flag: noun.socket, usual: path + ".sock")
        server.socket = settings.isLastUsual ? .besideFile : socket == "off" ? .off : .at(path: socket)
        self.socket = server.socket.path(beside: path)
        server.health = try settings.address("health", flag: noun.health)
        server.hosts = settings.values("host", flags: noun.host)
        let start = try settings.word("new-groups", flag: noun.newGroups, usual: GroupStart.oldest)
        let groups = try settings.word("groups", flag: noun.groups, usual: GroupsAre.madeByUse)
        server.newGroupsStart = groups == .madeByUse ? start : nil
        server.isOpen = try settings.flag("open", flag: noun.open)
        if try settings.flag("hold-timeouts", flag: noun.holdTimeouts) { file.holds = "--hold-timeouts" }
        let connections = try settings.number(
            "connections", flag: noun.connections, usual: ProcessBounds.connectionsUsual, in: 1...1_000_000)
        server.connectionsMax = connections
        server.streamsMax = try settings.number("streams", flag: noun.streams, usual: 10_000, in: 1...1_000_000)
        server.requestsInWorkMax = try settings.number(
            "requests", flag: noun.requests, usual: 1_000, in: 1...100_000)
        server.longPollsMax = try settings.number(
            "long-polls", flag: noun.longPolls, usual: 10_000, in: 1...1_000_000)
        server.operationsMax = try settings.number("operations", flag: noun.operations, usual: 4, in: 1...1_000)
        server.readTime = try settings.interval(
            "read-time", flag: noun.readTime, usual: Interval(milliseconds: 250))
        file.readers = try settings.number("readers", flag: noun.readers, usual: 8, in: 1...256)
        server.backups = try BookServer.Backups(noun, &settings)
        server.stopWithin = try settings.interval("stop-within", flag: noun.stopWithin, usual: .seconds(10))
        server.log.level = try settings.word("log-level", flag: noun.logLevel, usual: ServerLog.Level.warning)
        server.log.form = try settings.word("log-format", flag: noun.logFormat, usual: ServerLog.Form.text)
        workflows = settings.values("workflow", flags: noun.workflow)
        modules = try ServedModules(settings.value("modules", flag: noun.modules, usual: ""), of: path)
        server.operations = ModuleRoutes.operations(of: modules.names)
        // A code on a terminal is for who looks at it; in a log it would be for any reader of the log.
        server.offersFirstCode = isatty(STDOUT_FILENO) == 1
        file.say = { [log = server.log] in log.say($0, isWarning: $1) { World.system.now() } }
        database = file
    }
}

extension BookServer.Backups {
    /// The copies that `waybill serve` was asked to keep; nil: none.
    fileprivate init?(_ noun: ServeNoun, _ settings: inout ServeSettings) throws(CommandFailure) {
        let folder = settings.value("backup-dir", flag: noun.backupDir, usual: "")
        let every = try settings.intervalIfAny("backup-every", flag: noun.backupEvery)
        let kept = try settings.number("keep", flag: noun.keep, usual: 24, in: 1...100_000)
        let other = settings.value("backup-to", flag: noun.backupTo, usual: "")
        guard !folder.isEmpty else {
            guard every == nil, other.isEmpty else {
                throw CommandFailure(
                    "--backup-every and --backup-to need --backup-dir, the folder for copies",
                    status: .misused)
            }
            return nil
        }
        self.init(folder: folder)
        self.every = every
        self.kept = kept
        otherFolder = other.isEmpty ? nil : other
    }
}

extension CommandFailure {
    /// Why the file is not served.
    init(_ failure: ServerFailure) {
        let status: Status =
            switch failure.kind {
            case .stopped: .unknown
            case .badSetting: .misused
            case .addressTaken, .unreadable: .impossible
            }
        self.init(failure.description, status: status)
    }
}
