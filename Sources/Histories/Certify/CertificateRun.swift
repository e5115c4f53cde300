import WaybillCore
import WaybillEngine
import WaybillStore

/// One run of certifying: the journal once for its chain, then for each share of the stocks once by position (their
/// levels) and once by stream (what each order holds).
struct CertificateRun {
    let engine: Engine
    let settings: Certify.Settings
    let last: Position
    /// The stream of the acts of operators.
    let acts: StreamNumber?
    let shares: StockShares
    /// The share at hand.
    var share = 0
    /// The latest time of an event.
    var until: Moment?
    var lines: CertificateLines
    var report: CertificateReport
    /// The stocks of the share at hand.
    var ledger: [StockKey: Entry] = [:]
    private let progress: (Int, Int) -> Void
    /// Passes through the journal that are done.
    private var passes = 0

    /// What movements and orders say of one stock.
    struct Entry {
        var level = StockLevel()
        /// A movement did not fit; said once.
        var isBroken = false
        var heldReserved: Int64 = 0
        var heldSold: Int64 = 0
        var orders: Int64 = 0
        var payments: Int64 = 0
    }

    init(
        _ engine: Engine, _ settings: Certify.Settings, _ lines: CertificateLines,
        _ progress: @escaping (Int, Int) -> Void
    ) throws {
        self.engine = engine
        self.settings = settings
        self.lines = lines
        self.progress = progress
        last = engine.lastPosition
        acts = try engine.streamOfActs()
        shares = try StockShares(engine, keysMax: settings.keysMax, pageMax: settings.pageMax)
        report = CertificateReport(findingsMax: settings.findingsMax)
    }

    mutating func run() throws {
        let (file, seed) = try engine.store.read { rows in (try rows.fileID(), try rows.chainSeed()) }
        let (digest, findings) = try followChain(from: seed)
        try lines.add("certificate") { [settings, until, shares, last] writer in
            writer.member("version", 1)
            writer.member("events", last.number)
            writer.member("digest", Text(digest))
            writer.member("seed", Text(seed.hexadecimal))
            writer.key("file")
            writer.optionalText(file?.text)
            writer.key("until")
            if let until { writer.int(until.milliseconds) } else { writer.null() }
            writer.key("skus")
            if let skus = settings.skus {
                writer.beginArray()
                for sku in skus.sorted() { writer.text(sku.text) }
                writer.endArray()
            } else {
                writer.null()
            }
            writer.member("payment", settings.payment.text)
            writer.member("overdue_after", settings.overdueAfter.milliseconds)
            writer.member("parts", Int64(shares.count))
        }
        for finding in findings.first { try write(finding) }
        report.findings.add(findings)
        for share in 0..<shares.count {
            self.share = share
            ledger = [:]
            try lines.add("part") { $0.member("part", Int64(share + 1)) }
            try foldMovements()
            try foldOrders()
            try closeStocks()
        }
        ledger = [:]
        try lines.add("end") { [report, lines] writer in
            writer.member("movements", Int64(report.movements))
            writer.member("stocks", Int64(report.stocks))
            writer.member("orders", Int64(report.holders))
            writer.member("findings", Int64(report.findings.count))
            writer.member("lines", Int64(lines.count + 1))
        }
        report.lines = lines.count
        report.chain = String(decoding: lines.chain, as: UTF8.self)
    }

    /// Whether a stock is certified in the part at hand.
    func isMine(_ key: StockKey) -> Bool {
        (settings.skus?.contains(key.sku) ?? true) && shares.contains(key, in: share)
    }

    mutating func note(_ finding: FileFinding) throws {
        report.findings.add(finding)
        try write(finding)
    }

    func show(_ events: Int) {
        let total = Int(clamping: last.number)
        progress(passes * total + events, (1 + 2 * shares.count) * total)
    }

    mutating func endPass() { passes += 1 }

    private mutating func write(_ finding: FileFinding) throws {
        try lines.add("finding") { $0.members(of: finding) }
    }

    /// Checks that the journal is whole, because what is built on it would prove nothing otherwise.
    private mutating func followChain(from seed: UInt64) throws -> (digest: String, findings: FileFindings) {
        var chain = JournalChain(seed: seed)
        var findings = FileFindings(keptMax: settings.findingsMax)
        while true {
            let count = try engine.store.read { rows in
                try rows.forEachEvent(after: chain.position, upTo: last, limit: settings.pageMax) { stored in
                    let event = stored.row
                    for finding in chain.add(event) { findings.add(finding) }
                    until = max(until ?? event.at, event.at)
                    report.events += 1
                }
            }
            show(report.events)
            if count < settings.pageMax { break }
        }
        endPass()
        return (chain.digest.hexadecimal, findings)
    }
}
