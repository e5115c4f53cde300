/// The pages of a closed file as they were at the last commit that its log is kept up to. Read without SQLite, which
/// would go by its own idea of where the log ends. Holds one page at a time.
struct PagesAtCommit: ~Copyable {
    let pageBytes: Int
    private let database: RawFile
    /// Without a log: the file once more, and no frame is asked for.
    private let log: RawFile
    private let frames: Int

    init(database path: String, scan: WALScan) throws(StoreFailure) {
        let database = try RawFile(path, for: .reading)
        let log = try RawFile(scan.header == nil ? path : path + "-wal", for: .reading)
        pageBytes = if let header = scan.header { header.pageBytes } else { try Self.pageBytes(of: database) }
        frames = scan.keptFrames
        self.log = log
        self.database = database
    }

    /// As the file's header says, if it says a size that SQLite knows.
    private static func pageBytes(of file: borrowing RawFile) throws(StoreFailure) -> Int {
        let start = try file.bytes(18, at: 0)
        guard start.count == 18 else { return 4_096 }
        let size = Int(start[16]) << 8 | Int(start[17])
        return WALHeader.isPageSize(size) ? size : size == 1 ? 65_536 : 4_096
    }

    /// A page: from the newest frame that has it, else from the file; nil: it is in neither.
    func page(_ number: UInt32) throws(StoreFailure) -> [UInt8]? {
        guard number > 0 else { return nil }
        let frameBytes = pageBytes + WALFrameHeader.byteCount
        for index in stride(from: frames - 1, through: 0, by: -1) {
            let offset = WALHeader.byteCount + index * frameBytes
            let header = try log.bytes(WALFrameHeader.byteCount, at: offset)
            guard header.count == WALFrameHeader.byteCount,
                header.withUnsafeBytes({ WALFrameHeader($0).page }) == number
            else { continue }
            let page = try log.bytes(pageBytes, at: offset + WALFrameHeader.byteCount)
            return page.count == pageBytes ? page : nil
        }
        let page = try database.bytes(pageBytes, at: (Int(number) - 1) * pageBytes)
        return page.count == pageBytes ? page : nil
    }
}

extension PagesAtCommit {
    /// The position of the last event, 0 when there is none; nil when the pages do not say.
    func lastEvent() throws(StoreFailure) -> Int64? {
        guard var number = try rootOfEvents() else { return nil }
        // A tree of SQLite is not deeper than this; one that says so is damaged.
        for _ in 0..<32 {
            guard let bytes = try page(number), let page = TreePage(bytes, isFirst: number == 1) else { return nil }
            switch page.kind {
            case .inner:
                number = page.rightMost
            case .leaf:
                guard page.cellCount > 0 else { return 0 }
                return page.cell(page.cellCount - 1)?.row
            }
        }
        return nil
    }

    /// The root page of the journal's table, as SQLite's own table of tables names it.
    private func rootOfEvents() throws(StoreFailure) -> UInt32? {
        var waiting: [UInt32] = [1]
        var seen = 0
        while let number = waiting.popLast(), seen < 1_000 {
            seen += 1
            guard let bytes = try page(number), let page = TreePage(bytes, isFirst: number == 1) else { return nil }
            switch page.kind {
            case .inner:
                waiting += page.children
            case .leaf:
                for index in 0..<page.cellCount {
                    guard let cell = page.cell(index), let columns = SchemaColumns(cell.payload) else { continue }
                    if columns.type == "table", columns.name == "event" { return columns.root }
                }
            }
        }
        return nil
    }
}
