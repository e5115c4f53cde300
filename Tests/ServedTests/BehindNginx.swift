import Foundation
import Testing

/// A server behind nginx, whose configuration is that of Debian with one site that passes everything on.
@Suite(.serialized, .enabled(if: Nginx.isThere, "nginx cannot be had from Debian here, so no proxy is tried"))
struct `A server behind nginx` {
    private let shop: ServedFile
    private let proxy: Nginx

    init() throws {
        shop = try ServedFile()
        try shop.serve("--socket", "off", "--behind-proxy", "--open")
        proxy = try Nginx(before: shop)
    }

    private func curl(_ arguments: [String], _ path: String) throws -> (status: Int32, output: String) {
        try shop.start("/usr/bin/curl", ["-sS"] + arguments + ["http://127.0.0.1:\(proxy.port)\(path)"])
    }

    private func post(_ path: String, key: String, _ body: String) throws -> String {
        try curl(
            [
                "-w", " %{http_code}", "-H", "Content-Type: application/json", "-H", "Idempotency-Key: \(key)",
                "-d", body,
            ], path
        ).output
    }

    @Test func `answers as it does without one`() throws {
        #expect(try curl([], "/readyz").output.contains("ready"))
        let first = try post("/v1/stock/mug/receive", key: "a", #"{"quantity":7}"#)
        #expect(first.hasSuffix(" 200") && first.contains(#""free":7"#), "\(first)")
        let repeated = try post("/v1/stock/mug/receive", key: "a", #"{"quantity":7}"#)
        #expect(repeated.hasSuffix(" 200") && repeated.contains(#""free":7"#), "\(repeated)")
        let reused = try post("/v1/stock/mug/receive", key: "a", #"{"quantity":8}"#)
        #expect(reused.hasSuffix(" 422") && reused.contains("key_reused"), "\(reused)")
        let missing = try curl([], "/v1/orders/order-7%2Fz1").output
        #expect(missing.contains("there is no order order-7/z1"), "\(missing)")
        #expect(try curl(["-w", " %{http_code}"], "/v1/orders?id=order-7/z1").output.hasSuffix(" 200"))
        let document = try curl([], "/openapi.json").output
        #expect(
            try document == shop.start("/usr/bin/curl", ["-sS", "http://127.0.0.1:\(shop.port)/openapi.json"]).output)
    }

    @Test func `says why it refuses a body before it is read`() throws {
        let long = shop.directory.appendingPathComponent("long").path
        try Data(repeating: 0x20, count: 600 * 1_024).write(to: URL(fileURLWithPath: long))
        let refused = try curl(
            ["-w", " %{http_code}", "-H", "Content-Type: application/json", "--data-binary", "@\(long)"],
            "/v1/stock/mug/receive"
        ).output
        #expect(refused.hasSuffix(" 413") && refused.contains(#""code":"too_large""#), "\(refused)")
    }

    @Test func `tells events as they come, and goes on after a kill`() throws {
        let stream = try RunningProgram(
            "/usr/bin/curl", ["-sSN", "http://127.0.0.1:\(proxy.port)/v1/events/stream?after=e0"])
        #expect(stream.read { $0.contains("retry") }.contains("retry"))
        for number in 1...5 {
            let received = try post("/v1/stock/mug/receive", key: "k\(number)", #"{"quantity":1}"#)
            #expect(received.hasSuffix(" 200"), "\(received)")
            // The next one is sent only when this one is there: nothing is gathered on the way.
            #expect(stream.read { $0.contains("id: e\(number)\n") }.contains("id: e\(number)\n"))
        }
        shop.kill(SIGKILL)
        stream.read()
        #expect(try curl(["-w", " %{http_code}"], "/readyz").output.hasSuffix(" 502"))
        try shop.serve("--socket", "off", "--behind-proxy", "--open")
        let again = try RunningProgram(
            "/usr/bin/curl",
            ["-sSN", "-H", "Last-Event-ID: e3", "http://127.0.0.1:\(proxy.port)/v1/events/stream"])
        let text = again.read { $0.contains("id: e5\n") }
        #expect(text.contains("id: e4\n") && !text.contains("id: e3\n"), "\(text)")
    }
}

/// Debian's nginx, which needs no installation: its packages are unpacked under `.build`.
private final class Nginx {
    let port: Int
    private let process = Process()

    private static let finding = """
        cd "$1" || exit 1
        folder=.build/nginx
        if [ ! -x $folder/usr/sbin/nginx ]; then
            mkdir -p $folder/packages && cd $folder/packages || exit 1
            apt-get download nginx nginx-common >/dev/null 2>&1 ||
                { apt-get update >/dev/null 2>&1; apt-get download nginx nginx-common >/dev/null 2>&1; } || exit 1
            for package in *.deb; do dpkg-deb -x "$package" .. || exit 1; done
            cd "$1" || exit 1
        fi
        $folder/usr/sbin/nginx -v >/dev/null 2>&1 && echo "$PWD/$folder"
        """

    /// Where it is; nil: it cannot be had.
    private static let folder: String? = {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        do {
            let found = try RunningProgram("/bin/bash", ["-c", finding, "bash", package.path])
            let text = found.read().trimmingCharacters(in: .whitespacesAndNewlines)
            return found.status() == 0 && !text.isEmpty ? text : nil
        } catch {
            return nil
        }
    }()

    static let isThere = folder != nil

    /// Starts it; it takes connections when it is made.
    init(before shop: ServedFile) throws {
        let folder = try #require(Self.folder)
        port = try Self.freePort()
        let own = shop.directory.appendingPathComponent("nginx")
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        // Everything of Debian's file stays but the places of its own files.
        var text = try String(contentsOfFile: folder + "/etc/nginx/nginx.conf", encoding: .utf8)
        for (old, new) in [
            ("user www-data;", getuid() == 0 ? "user root;" : ""), ("pid /run/nginx.pid;", "pid \(own.path)/pid;"),
            ("/var/log/nginx/", "\(own.path)/"), ("include /etc/nginx/modules-enabled/*.conf;", ""),
            ("/etc/nginx/mime.types", "\(folder)/etc/nginx/mime.types"),
            ("include /etc/nginx/conf.d/*.conf;", Self.places(in: own.path)),
            ("include /etc/nginx/sites-enabled/*;", "include \(own.path)/site;"),
        ] {
            try #require(text.contains(old), "Debian's nginx.conf has no \(old)")
            text = text.replacing(old, with: new)
        }
        let site = """
            server {
                listen 127.0.0.1:\(port);
                location / { proxy_pass http://127.0.0.1:\(shop.port); }
            }
            """
        try text.write(to: own.appendingPathComponent("conf"), atomically: true, encoding: .utf8)
        try site.write(to: own.appendingPathComponent("site"), atomically: true, encoding: .utf8)
        process.executableURL = URL(fileURLWithPath: folder + "/usr/sbin/nginx")
        process.arguments = [
            "-c", own.appendingPathComponent("conf").path, "-p", own.path, "-e", own.path + "/error.log",
            "-g", "daemon off;",
        ]
        try process.run()
        let deadline = Deadline(seconds: 20)
        while RawConnection(ifServedAt: port) == nil {
            let said = shop.readable("nginx/error.log")
            try #require(process.isRunning && !deadline.isOver, "nginx does not serve: \(said)")
        }
    }

    /// Where it keeps bodies for a while.
    private static func places(in folder: String) -> String {
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder)/\($0);" }
            .joined(separator: "\n")
    }

    private static func freePort() throws -> Int {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(file) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(file, pointer, size) == 0 ? getsockname(file, pointer, &size) : -1
            }
        }
        try #require(status == 0, "there is no free port")
        return Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
    }
}

extension ServedFile {
    /// A file of the directory; empty: there is none.
    fileprivate func readable(_ name: String) -> String {
        do { return try text(of: name) } catch { return "" }
    }
}
