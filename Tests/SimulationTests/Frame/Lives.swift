import Foundation
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// What is opened over a file, in the end an engine.
protocol HasEngine {
    var engine: Engine { get }
    /// An orderly end.
    func close()
}

extension OrderBook: HasEngine {}

extension Engine: HasEngine {
    var engine: Engine { self }
}

/// The lives of a process over a file of its own, in virtual time: it ends, in good order or not, and begins again.
final class Lives<Opened: HasEngine> {
    let path: String
    let clock: VirtualClock
    private(set) var opened: Opened
    private let directory: URL
    private let seed: UInt64
    private var count: UInt64 = 0
    private let open: (String, World) throws -> Opened

    init(_ name: String, from start: Int64, seed: UInt64, open: @escaping (String, World) throws -> Opened) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appending(path: "shop.db").path
        clock = VirtualClock(start: Moment(milliseconds: start))
        self.seed = seed
        self.open = open
        opened = try open(path, .virtual(clock, seed: seed))
    }

    /// Ends in good order and begins again after a while; `meanwhile` has the closed file.
    func reopen(after milliseconds: Int64, meanwhile: (String) throws -> Void = { _ in }) throws {
        opened.close()
        try begin(after: milliseconds, meanwhile)
    }

    /// The process is gone at once, as if it were killed; after a while another one begins.
    func crash(after milliseconds: Int64, meanwhile: (String) throws -> Void = { _ in }) throws {
        opened.engine.store.close()
        try begin(after: milliseconds, meanwhile)
    }

    private func begin(after milliseconds: Int64, _ meanwhile: (String) throws -> Void) throws {
        try meanwhile(path)
        clock.move(to: clock.now.advanced(by: Interval(milliseconds: milliseconds)))
        count += 1
        // Another life, other random numbers.
        opened = try open(path, .virtual(clock, seed: seed &+ count))
    }

    func close() { opened.close() }

    /// Closes the file and deletes it.
    func discard() {
        close()
        _ = try? FileManager.default.removeItem(at: directory)
    }
}

/// Does something to a closed file behind everybody's back; answers what the `sqlite3` command prints.
@discardableResult
func sqlite(_ sql: String, in path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sqlite3", path, sql]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw ToolFailure(status: process.terminationStatus) }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
}

/// The `sqlite3` command line tool did not do what it was told.
struct ToolFailure: Error { let status: Int32 }
