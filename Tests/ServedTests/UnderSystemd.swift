import Foundation
import Testing

/// What the unit of the archive relies on.
@Suite(.serialized) struct `A server under systemd` {
    @Test(arguments: [false, true])
    func `tells that it is ready when it takes requests`(isAbstract: Bool) throws {
        let shop = try ServedFile()
        let notices = try Notices(at: shop.directory.path, isAbstract: isAbstract)
        shop.environment = ["NOTIFY_SOCKET": notices.name]
        try shop.serve("--open", "--socket", "off")
        #expect(notices.next() == "READY=1")
        let ready = try shop.start("/usr/bin/curl", ["-sS", "http://127.0.0.1:\(shop.port)/readyz"])
        #expect(ready.output.contains("ready"), "\(ready.output)")
    }

    @Test func `says so when no one hears it, and serves`() throws {
        let shop = try ServedFile()
        shop.environment = ["NOTIFY_SOCKET": shop.directory.appendingPathComponent("nothing").path]
        try shop.serve()
        #expect(shop.kill(SIGTERM)?.status == 0)
        #expect(try shop.text(of: "errors").contains("NOTIFY_SOCKET"))
    }

    @Test func `takes the options of the unit, and has the time to stop that it needs`() throws {
        let unit = try Unit()
        let words = try unit.value("ExecStart").split(separator: " ").map(String.init)
        #expect(words.first == "/usr/local/bin/waybill")
        let shop = try ServedFile()
        let settings = try shop.start(executablePath(), Array(words.dropFirst()) + ["--print-config"])
        #expect(settings.status == 0, "\(settings.output)")
        let stop = try #require(settings.output.firstMatch(of: #/stop-within\s+(\d+)s/#).flatMap { Int($0.1) })
        let patience = try #require(Int(try unit.value("TimeoutStopSec")))
        #expect(patience > stop)
        #expect(try unit.value("Type") == "notify")
    }

    @Test func `ends with the statuses of the unit`() throws {
        let unit = try Unit()
        let shop = try ServedFile()
        let wrong = try shop.run("serve", "--db", shop.path, "--http", "nowhere")
        #expect(try unit.value("RestartPreventExitStatus") == "\(wrong.status)")
        // `A server on a bad disk` sees a server end with this one.
        #expect(try unit.value("RestartForceExitStatus") == "75")
    }

    @Test(.enabled(if: Systemd.canRun, "no systemd can be started in namespaces of this machine"))
    func `is started by the unit, again after it was killed, and stopped`() throws {
        let shop = try ServedFile()
        let seen = try shop.start(
            Systemd.script, [executablePath(), Unit.path, shop.directory.path]
        ).output.split(separator: "\n")
        let log = try shop.text(of: "systemd.log")
        func line(_ name: String) throws -> String {
            let found = try #require(seen.first { $0.hasPrefix("\(name): ") }, "\(name): \(seen) \(log)")
            return String(found.dropFirst(name.count + 2))
        }
        #expect(try line("started") == "active running")
        #expect(try line("user") == "waybill")
        #expect(try line("file") == "waybill 600")
        #expect(try line("ready") == "200")
        #expect(try line("received").contains(#""free":7"#))
        #expect(try line("again") == "active 1", "running, and restarted once")
        #expect(try line("kept").contains(#""free":7"#))
        #expect(try line("stopped") == "inactive success 0")
        #expect(try line("wrong") == "failed 64 0", "an option that is wrong is not tried again")
        #expect(seen.last == "end", "\(seen)")
    }
}

/// A systemd of the machine that a test may start.
private enum Systemd {
    static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("systemd.sh")
        .path

    static let canRun: Bool = {
        let probe = """
            [ -x /lib/systemd/systemd ] && command -v ip runuser curl \
                && unshare --mount --pid --fork --uts --ipc --net \
                --cgroup sh -c 'mount -t proc proc /proc && ip link set lo up && mount -t cgroup2 none /sys/fs/cgroup'
            """
        do {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", probe]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            return process.terminationStatus == 0
        } catch {
            return false
        }
    }()
}

/// The unit of the archive.
private struct Unit {
    private let lines: [Substring]

    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/Dist/waybill.service").path

    init() throws {
        lines = try String(contentsOfFile: Self.path, encoding: .utf8).split(separator: "\n")
    }

    /// What the unit says under a name, which it has once.
    func value(_ name: String) throws -> String {
        let found = lines.filter { $0.hasPrefix("\(name)=") }
        try #require(found.count == 1, "\(name): \(found)")
        return String(found[0].dropFirst(name.count + 1))
    }
}

/// A socket as systemd has it, for notices of services.
private final class Notices {
    let name: String
    private let file: Int32

    init(at directory: String, isAbstract: Bool) throws {
        let path = isAbstract ? "waybill-\(UUID().uuidString)" : "\(directory)/notify"
        name = isAbstract ? "@\(path)" : path
        file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = isAbstract ? [0] + Array(path.utf8) : Array(path.utf8)
        try #require(bytes.count < 108, "\(path) is too long")
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(file, $0, size) }
        }
        try #require(status == 0, "no socket at \(name)")
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(file) }

    /// The next notice; nil: none has come for thirty seconds.
    func next() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(file, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
