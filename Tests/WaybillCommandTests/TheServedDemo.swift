import Foundation
import Testing

/// `waybill demo` on a terminal ends with a server on its file.
@Suite struct `A demo that is watched` {
    /// What a program shows on a terminal, until it is enough.
    private func read(_ terminal: Int32, until isEnough: (String) -> Bool) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.last != UInt8(ascii: "\n") || !isEnough(String(decoding: bytes, as: UTF8.self)) {
            let count = Foundation.read(terminal, &buffer, buffer.count)
            try #require(count > 0, "\(String(decoding: bytes, as: UTF8.self))")
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(.timeLimit(.minutes(5))) func `shows three commands, and each of them works`() throws {
        let waybill = try Executable()
        let terminal = posix_openpt(O_RDWR | O_NOCTTY)
        try #require(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0)
        defer { close(terminal) }
        let name = String(cString: try #require(ptsname(terminal)))
        let demo = Process()
        demo.executableURL = URL(fileURLWithPath: Executable.path)
        demo.arguments = ["demo", "--orders", "60", "--db", "shop.db"]
        demo.currentDirectoryURL = waybill.directory
        demo.environment = ProcessInfo.processInfo.environment.merging(["TERM": "dumb"]) { _, own in own }
        demo.standardOutput = try #require(FileHandle(forUpdatingAtPath: name))
        demo.standardError = FileHandle.nullDevice
        try demo.run()
        defer {
            kill(demo.processIdentifier, SIGKILL)
            demo.waitUntilExit()
        }
        let shown = try read(terminal) { $0.components(separatedBy: "  curl -sS ").count == 4 }
        let commands = shown.split(whereSeparator: \.isNewline).map(String.init).filter { $0.hasPrefix("  curl") }
        #expect(commands.count == 3)
        for command in commands {
            let answer = try waybill.shell("\(command) -w ' %{http_code}'")
            #expect(answer.output.hasSuffix(" 200"), "\(command): \(answer.output)\(answer.errors)")
        }
    }
}
