import FlashSale
import Foundation
import WorkflowFile

/// The text of a scenario that a command line names: a file, or one that comes with Waybill.
struct ScenarioSource {
    /// What messages call it.
    let name: String
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Takes a file where there is one, else a shipped scenario of this name; `-` is standard input.
    init(_ argument: String) throws(CommandFailure) {
        let isPath =
            argument == "-" || argument.contains("/") || argument.contains(".")
            || FileManager.default.fileExists(atPath: argument)
        guard isPath else {
            try self.init(shipped: argument)
            return
        }
        self.init(name: argument == "-" ? "stdin" : argument, bytes: try WholeFile.bytes(argument))
    }

    private init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    init(shipped name: String) throws(CommandFailure) {
        guard let shipped = ScenarioFile.shipped.first(where: { $0.name == name }) else {
            let known = ScenarioFile.shipped.map(\.name).joined(separator: ", ")
            throw CommandFailure("no file and no shipped scenario is called \(name); shipped are: \(known)")
        }
        self.init(name: name, bytes: Array(shipped.text.utf8))
    }

    /// The scenario, or its findings as they are printed.
    func scenario() throws(CommandFailure) -> RushScenario {
        let (scenario, findings) = ScenarioFile.check(bytes: bytes)
        if let scenario { return scenario }
        throw CommandFailure(lines: findings.map { "\(name):\($0)" }, status: .negative).refusing("bad_scenario")
    }
}
