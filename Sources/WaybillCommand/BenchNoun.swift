import ArgumentParser
import Foundation
import WaybillBench
import WaybillCore

/// `waybill bench`: how fast it is on this machine, beside a limit that is measured in the same run.
struct BenchNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure, beside a limit that is measured in the same run; exit status 1 if a goal is missed.",
        discussion: "Files are made in the current directory, which must be on a real disk, and go when it ends.\n\n"
            + Benchmark.allCases.map(line).joined(separator: "\n"))

    /// A benchmark and what it does, narrow enough for a terminal, which would begin another line at its edge.
    private static func line(_ benchmark: Benchmark) -> String {
        let indent = "\n" + "".padded(toColumns: 16)
        var text = "  " + benchmark.name.padded(toColumns: 14)
        var columns = 0
        for word in benchmark.summary.split(separator: " ") {
            if columns > 0, columns + word.count > 62 { (text, columns) = (text + indent, 0) }
            text += (columns > 0 ? " " : "") + word
            columns += word.count + 1
        }
        return text
    }

    @Argument(help: "What is measured.")
    var name: Benchmark

    @Flag(help: "Print JSON, with the number `ratio` at its top.")
    var json = false

    @Flag(help: "Longer runs and bigger files; without it a minute and 2 GB at most.")
    var full = false

    @Option(
        help: ArgumentHelp(
            "For http: a server to ask instead of one that is started here; WAYBILL_TOKEN is an administrator's, "
                + "and what is placed stays there. For rocketmq: HOST:PORT of a server that has the topic bench; "
                + "WAYBILL_ACCESS_KEY and WAYBILL_SECRET_KEY if it asks for a key.", valueName: "url"))
    var endpoint: String?

    func validate() throws {
        guard let endpoint else { return }
        switch name {
        case .http:
            if target == nil { throw ValidationError("--endpoint is http://HOST:PORT, not \(endpoint).") }
        case .rocketmq:
            if callTarget == nil { throw ValidationError("--endpoint is HOST:PORT, not \(endpoint).") }
        case .orders, .flow, .growth, .hotSKU, .timeouts, .registration, .replay, .rush, .startup, .broker, .backup:
            throw ValidationError("--endpoint is for http and rocketmq.")
        }
    }

    private var target: LoadTarget? {
        endpoint.flatMap { LoadTarget(url: $0, token: environment("WAYBILL_TOKEN") ?? "") }
    }

    private var callTarget: CallTarget? {
        var key: CallTarget.Key?
        if let access = environment("WAYBILL_ACCESS_KEY"), let secret = environment("WAYBILL_SECRET_KEY") {
            key = CallTarget.Key(access: Text(access), secret: Text(secret))
        }
        return endpoint.flatMap { CallTarget(address: $0, key: key) }
    }

    private func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    func run() async throws {
        let progress = ProgressLine()
        var settings = BenchmarkSettings(extent: full ? .full : .usual) { progress.show($0) }
        settings.endpoint = target
        settings.callEndpoint = callTarget
        let report = try await name.run(settings)
        progress.clear()
        Output.standard.line(json ? try report.json() : report.table())
        if !report.isMet { throw ExitCode(1) }
    }
}

extension Benchmark: ExpressibleByArgument {}
