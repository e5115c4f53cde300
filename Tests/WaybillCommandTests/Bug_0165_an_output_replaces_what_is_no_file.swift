import Foundation
import Testing

@Suite struct `Bug 0165: an output that is no regular file` {
    private static let scenario = """
        id: tiny
        title: A tiny sale
        items: {name: mug, units: 20, price_cents: 900}
        shoppers: 100
        arrivals: {step: {half_life: 10s, length: 40s}}
        looks: 1
        payments: {abandoned: 20%, methods: [{name: card, share: 100%, p50: 6s, p90: 20s, p99: 1m}]}
        """

    private func kind(_ path: String) throws -> FileAttributeType? {
        try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    }

    @Test func `is written to, and stays what it is`() throws {
        let waybill = try Executable()
        try waybill.file("tiny.yaml", Self.scenario)
        let (link, pipe) = (waybill.path("link.json"), waybill.path("pipe"))
        try waybill.file("real.json", "old")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: waybill.path("real.json"))
        try #require(mkfifo(pipe, 0o600) == 0)
        let reader = Process()
        reader.executableURL = URL(fileURLWithPath: "/bin/sh")
        reader.arguments = ["-c", "exec cat '\(pipe)' > '\(waybill.path("got.html"))'"]
        try reader.run()
        let run = try waybill.run("rush", "run", "tiny.yaml", "--out", "link.json", "--html", "pipe")
        #expect(run.status == 0, "\(run.errors)")
        // Without a writer it would wait for ever.
        if try !waybill.isPipe("pipe") { reader.terminate() }
        reader.waitUntilExit()
        #expect(try waybill.isPipe("pipe"))
        #expect(try waybill.text("got.html").contains("<svg"))
        #expect(try kind(link) == .typeSymbolicLink)
        #expect(try waybill.text("real.json").contains("\"units\""))
    }

    @Test func `keeps its other names`() throws {
        let waybill = try Executable()
        try waybill.file("tiny.yaml", Self.scenario)
        try waybill.file("one.html", "old")
        try FileManager.default.linkItem(atPath: waybill.path("one.html"), toPath: waybill.path("two.html"))
        #expect(try waybill.run("rush", "run", "tiny.yaml", "--html", "one.html").status == 0)
        #expect(try waybill.text("two.html").contains("<svg"))
    }
}

extension Executable {
    /// Whether a name in the directory is a pipe.
    fileprivate func isPipe(_ name: String) throws -> Bool {
        var status = stat()
        try #require(lstat(path(name), &status) == 0)
        return status.st_mode & S_IFMT == S_IFIFO
    }
}
