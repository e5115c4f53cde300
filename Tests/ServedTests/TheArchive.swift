import Foundation
import Testing

/// What `make dist` asks of a program before it goes into the archive.
@Suite struct `The check of the archive` {
    private let shop: ServedFile

    init() throws {
        shop = try ServedFile()
        for name in ["README.md", "waybill.service"] {
            try FileManager.default.copyItem(
                at: Self.dist.appendingPathComponent(name), to: shop.directory.appendingPathComponent(name))
        }
        try FileManager.default.createSymbolicLink(
            at: shop.directory.appendingPathComponent("waybill"),
            withDestinationURL: URL(fileURLWithPath: executablePath()))
    }

    private static let dist = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/Dist")

    /// Checks the folder, with some words of the check in other words.
    private func check(_ changes: [(old: String, new: String)] = []) throws -> (status: Int32, output: String) {
        var text = try String(contentsOf: Self.dist.appendingPathComponent("check.sh"), encoding: .utf8)
        for change in changes {
            try #require(text.contains(change.old), "\(change.old)")
            text = text.replacing(change.old, with: change.new)
        }
        let script = shop.directory.appendingPathComponent("check.sh")
        try text.write(to: script, atomically: false, encoding: .utf8)
        return try shop.start("/bin/bash", [script.path, shop.directory.path])
    }

    /// The program of a test needs Swift; the one of the archive has it within.
    private static let allowsSwift = (
        old: #"libsqlite3|libz'"#, new: #"libsqlite3|libz|lib_?(swift|Foundation|Blocks|dispatch)[A-Za-z_]*'"#
    )

    @Test func `refuses a program that needs Swift`() throws {
        let found = try check()
        #expect(found.status == 1)
        #expect(found.output.hasPrefix("the program needs more than README.md says: "), "\(found.output)")
        #expect(found.output.contains("libswiftCore.so") && !found.output.contains(" libc.so"), "\(found.output)")
    }

    @Test(.enabled(if: Self.hasNamespaces, "no namespaces can be made here"))
    func `tries it from its version to a served and verified file, where there is nothing else`() throws {
        let found = try check([Self.allowsSwift])
        #expect(found.status == 0, "\(found.output)")
        #expect(found.output.contains("waybill serves shop.db at http://127.0.0.1:"), "\(found.output)")
        #expect(found.output.contains("/shop/shop.db: sound"), "in a root where that is its path: \(found.output)")
    }

    @Test(.enabled(if: Self.hasNamespaces, "no namespaces can be made here"))
    func `refuses a program that lacks something there`() throws {
        let found = try check([
            Self.allowsSwift,
            (
                old: #"cp -L "$library""#, new: #"[[ "$library" == */libdispatch.so ]] || cp -L "$library""#
            ),
        ])
        #expect(found.status == 1)
        #expect(found.output.contains("does not run in a root without Swift"), "\(found.output)")
        #expect(found.output.contains("libdispatch.so: cannot open shared object file"), "\(found.output)")
    }

    private static let hasNamespaces: Bool = {
        do {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
            process.arguments = ["--mount", "true"]
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus == 0
        } catch {
            return false
        }
    }()
}
