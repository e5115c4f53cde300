import Foundation

/// Runs statements on a file through SQLite's own shell, as another program would.
///
/// - Returns: what it prints, without white space around it.
/// - Throws: ``SQLiteShellFailure`` when a statement fails.
@discardableResult
package func sqlite(_ path: String, _ sql: String) throws -> String {
    try sqliteOutput(path, sql).trimmingCharacters(in: .whitespacesAndNewlines)
}

/// The same, with what it prints to the letter. It waits for a file that is locked for a moment, as one whose last
/// connection closes.
package func sqliteOutput(_ path: String, _ sql: String) throws -> String {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    shell.arguments = ["sqlite3", "-batch", "-bail", "-cmd", ".timeout 30000", path]
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    shell.standardInput = input
    shell.standardOutput = output
    shell.standardError = errors
    try shell.run()
    try input.fileHandleForWriting.write(contentsOf: Data(sql.utf8))
    try input.fileHandleForWriting.close()
    let answer = try output.fileHandleForReading.readToEnd() ?? Data()
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    shell.waitUntilExit()
    guard shell.terminationStatus == 0 else {
        throw SQLiteShellFailure(complaint: String(decoding: complaint, as: UTF8.self))
    }
    return String(decoding: answer, as: UTF8.self)
}

/// The `sqlite3` command did not do what it was told.
package struct SQLiteShellFailure: Error { package let complaint: String }
