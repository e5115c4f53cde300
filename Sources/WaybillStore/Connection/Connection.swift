import CSQLite
import WaybillCore

/// One connection to the file, with the statements that it has prepared so far.
///
/// Used only inside its ``SerialConnection``'s queue.
package final class Connection {
    let handle: OpaquePointer
    /// By the address of the statement's text, which for a literal is the same at every call.
    private var statements: [UInt: Statement] = [:]
    /// Those of modules, whose texts are not known beforehand.
    var moduleStatements = ModuleStatements()
    /// Set when SQLite has ended the transaction by itself (disk full, an interrupted write, a trigger). Whatever came
    /// next would commit on its own, so nothing may come next.
    private(set) var lostTransaction: StoreFailure?
    private var isExpectingTransaction = false
    /// Pages in the WAL after the last commit, and after the last checkpoint.
    var walPages = 0
    var walPagesAtCheckpoint = 0
    /// Set when a commit or a sync failed: the connection writes no more.
    var stopped: StoreFailure?
    /// Where the next message of each stored queue goes.
    let tails = QueueTails()
    /// Where keys of commands may lie. The writer's only: what another connection inserts it would not see.
    let keys = KeyShelves()
    /// How many timeouts there are. The writer's only.
    var timeouts = TimeoutCounts()
    /// Whether a write that is undone goes back to its beginning and is committed, instead of being rolled back: a
    /// rollback makes SQLite begin a copy of the file anew. It costs each write a savepoint, so it is so only while a
    /// copy is being made of a file in which writes are undone.
    var undoesInPlace = false
    let guarding = StatementGuard()
    /// Once they are in the file they never change.
    var fileID: FileID?
    var lastPlainID: Position?
    /// When the module whose turn it is must be done.
    var deadline: Deadline?

    /// What a connection is for.
    enum Use { case writing, reading }

    /// Opens a file, or makes it where a connection is to write.
    ///
    /// - Parameters:
    ///   - place: an absolute path, a URI, or ``memory``.
    ///   - busyWaitSeconds: how long it waits for another connection's lock.
    init(_ place: String, for use: Use, busyWaitSeconds: Double = 0) throws(StoreFailure) {
        let access = use == .reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(place, &opened, access | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            defer { sqlite3_close_v2(opened) }
            let message = opened.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
            throw StoreFailure(
                sqliteCode: opened.map { sqlite3_extended_errcode($0) } ?? code,
                message: message.map { String(cString: $0) } ?? "SQLite \(code)",
                systemError: opened.map { sqlite3_system_errno($0) } ?? 0)
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Int32(busyWaitSeconds * 1_000))
        guarding.install(on: handle)
        do throws(StoreFailure) {
            let installed = RowDigest.install(on: handle)
            guard installed == SQLITE_OK else { throw failure(installed) }
            try Pragmas.distrust(self)
        } catch {
            close()
            throw error
        }
    }

    /// The name of a database that lives as long as its connection.
    static let memory = ":memory:"

    /// The statement of a verb, prepared at its first use.
    func statement(_ sql: StaticString) throws(StoreFailure) -> Statement {
        if let lostTransaction { throw lostTransaction }
        let address = UInt(bitPattern: sql.utf8Start)
        if let statement = statements[address] {
            guard sqlite3_stmt_busy(statement.pointer) != 0 else { return statement }
            // A read inside a read asks for what is being stepped through further out.
            return try spare(sql)
        }
        let statement = try prepare(sql)
        statements[address] = statement
        return statement
    }

    /// Statements that are used while another of their text is.
    private var spares: [Statement] = []

    private func spare(_ sql: StaticString) throws(StoreFailure) -> Statement {
        let text = "\(sql)"
        let idle = spares.first { spare in
            sqlite3_stmt_busy(spare.pointer) == 0
                && sqlite3_sql(spare.pointer).map { String(cString: $0) } == text
        }
        if let idle { return idle }
        let statement = try prepare(sql)
        spares.append(statement)
        return statement
    }

    private func prepare(_ sql: StaticString) throws(StoreFailure) -> Statement {
        var pointer: OpaquePointer?
        let code = sql.withUTF8Buffer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                sqlite3_prepare_v3(
                    handle, text.baseAddress, Int32(text.count), UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
            }
        }
        guard code == SQLITE_OK, let pointer else { throw failure(code) }
        return Statement(pointer: pointer, connection: self)
    }

    /// The rows of a text that is asked once. Nothing of it is kept.
    func rows<Row>(_ sql: String, _ read: (Columns) throws(StoreFailure) -> Row) throws(StoreFailure) -> [Row] {
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, 0, &pointer, nil)
        guard code == SQLITE_OK, let pointer else { throw failure(code) }
        defer { sqlite3_finalize(pointer) }
        return try Statement(pointer: pointer, connection: self).all(read)
    }

    /// Runs statements that return nothing of interest, one after the other, each to its end.
    func execute(_ script: String) throws(StoreFailure) {
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// The texts of the statements that are kept, the modules' included.
    var preparedStatements: [String] {
        statements.values.compactMap { statement in sqlite3_sql(statement.pointer).map { String(cString: $0) } }
            + moduleStatements.texts
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// What SQLite has just answered, as a failure; notes when it has also ended the transaction.
    func failure(_ code: Int32) -> StoreFailure {
        let failure = StoreFailure(
            sqliteCode: code, message: String(cString: sqlite3_errmsg(handle)),
            systemError: sqlite3_system_errno(handle))
        noteTransaction(after: failure)
        return failure
    }

    /// Remembers that the transaction of this write is gone, if it is.
    func noteTransaction(after failure: StoreFailure) {
        guard isExpectingTransaction, !isInTransaction, lostTransaction == nil else { return }
        lostTransaction = StoreFailure(
            .transactionEnded, "the write was ended from inside: \(failure.message)", sqliteCode: failure.sqliteCode)
    }

    /// Begins a write: no other connection can begin one before this ends.
    func begin() throws(StoreFailure) {
        lostTransaction = nil
        try statement("BEGIN IMMEDIATE").run()
        isExpectingTransaction = true
    }

    /// Begins a read: what it sees is fixed by its first statement.
    func beginReading() throws(StoreFailure) {
        lostTransaction = nil
        try statement("BEGIN DEFERRED").run()
        isExpectingTransaction = true
    }

    /// Makes the write durable.
    func commit() throws(StoreFailure) {
        try statement("COMMIT TRANSACTION").run()
        isExpectingTransaction = false
    }

    /// Notes where a write can go back to.
    func markBeginning() throws(StoreFailure) {
        try statement("SAVEPOINT beginning").run()
    }

    /// Takes all changes of the open transaction back and commits that: the file says what it said before.
    func undoInPlace() throws(StoreFailure) {
        guard isInTransaction, lostTransaction == nil else { return }
        try statement("ROLLBACK TRANSACTION TO SAVEPOINT beginning").run()
        try commit()
    }

    /// Undoes the open transaction, if there is one.
    func rollback() throws(StoreFailure) {
        isExpectingTransaction = false
        lostTransaction = nil
        guard isInTransaction else { return }
        try statement("ROLLBACK TRANSACTION").run()
    }

    /// Ends the connection; it must not be used any more. The last one to a file brings its WAL home, if it may write.
    func close() {
        finalizeStatements()
        removeHooks()
        sqlite3_close_v2(handle)
    }

    private func finalizeStatements() {
        for statement in statements.values { sqlite3_finalize(statement.pointer) }
        statements = [:]
        for spare in spares { sqlite3_finalize(spare.pointer) }
        spares = []
        moduleStatements.finalize()
    }

    /// Keeps `walPages` up to date, and SQLite from checkpointing by itself after a commit.
    func watchWAL() {
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().walPages = Int(pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// The hooks hold the address of the connection's object.
    private func removeHooks() {
        sqlite3_wal_hook(handle, nil, nil)
        sqlite3_set_authorizer(handle, nil, nil)
        sqlite3_progress_handler(handle, 0, nil, nil)
    }
}
