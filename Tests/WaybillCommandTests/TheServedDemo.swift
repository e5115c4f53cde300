import Foundation
import Testing

/// `waybill demo` on a terminal ends with a server on its file.
@Suite struct `A demo that is watched` {
    /// What a program shows on a terminal, until it is enough.
    private func read(_ descriptor: Int32, until isEnough: (String) -> Bool) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.last != UInt8(ascii: "\n") || !isEnough(String(decoding: bytes, as: UTF8.self)) {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            try #require(count > 0, "\(String(decoding: bytes, as: UTF8.self))")
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(.timeLimit(.minutes(5))) func `shows three commands, and each of them works`() throws {
        let waybill = try Executable()
        let (demo, shows) = (Process(), Pipe())
        // It is a terminal to the program, of which this reads the other end.
        demo.executableURL = URL(fileURLWithPath: "/usr/bin/script")
        demo.arguments = ["-qfec", "'\(Executable.path)' demo --orders 60 --db shop.db", "/dev/null"]
        demo.currentDirectoryURL = waybill.directory
        demo.environment = ProcessInfo.processInfo.environment.merging(["TERM": "dumb"]) { _, own in own }
        demo.standardInput = FileHandle.nullDevice
        demo.standardOutput = shows
        demo.standardError = FileHandle.nullDevice
        try demo.run()
        defer {
            demo.terminate()
            demo.waitUntilExit()
        }
        let shown = try read(shows.fileHandleForReading.fileDescriptor) {
            $0.components(separatedBy: "  curl -sS ").count == 4
        }
        let commands = shown.split(whereSeparator: \.isNewline).map(String.init).filter { $0.hasPrefix("  curl") }
        #expect(commands.count == 3)
        for command in commands {
            let answer = try waybill.shell("\(command) -w ' %{http_code}'")
            #expect(answer.output.hasSuffix(" 200"), "\(command): \(answer.output)\(answer.errors)")
        }
    }
}
