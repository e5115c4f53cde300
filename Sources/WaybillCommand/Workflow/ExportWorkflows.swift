import ArgumentParser
import Foundation
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill workflow export`: the texts of shipped workflows, or of those of a file, to read or to start from.
struct ExportWorkflows: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print shipped workflows or, with --db, those of a file; or write them as files.")

    @Argument(help: "Which, by name; with --db also by how its hash begins. All of them when none is named.")
    var name: [String] = []

    @Option(help: ArgumentHelp("Write NAME.yaml files there. A file that exists is left alone.", valueName: "dir"))
    var to: String?

    @OptionGroup var held: HeldTextOptions

    func run() async throws {
        let texts: [WorkflowText]
        if held.isGiven { texts = try await heldTexts() } else { texts = try chosen() }
        guard let directory = to else {
            for (index, text) in texts.enumerated() {
                if index > 0 { Output.standard.line("---") }
                Output.standard.write(text.text)
            }
            return
        }
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure("\(directory) cannot be made: \(error.localizedDescription)")
        }
        for text in texts { try write(text, to: directory) }
    }

    /// By name those that take new orders; by hash any.
    private func heldTexts() async throws -> [WorkflowText] {
        try await held.asking { client in
            let held = try await client.heldTexts()
            let wanted = name.isEmpty ? held.filter(\.isCurrent).map(\.name.description) : name
            var texts: [WorkflowText] = []
            for wanted in wanted {
                let found =
                    held.first { $0.isCurrent && $0.name.description == wanted }
                    ?? held.first { $0.hash.description.hasPrefix(wanted) }
                guard let found else {
                    let known = held.map { "\($0.name) \($0.version) (\($0.hash.short))" }.joined(separator: ", ")
                    throw CommandFailure("the file has no workflow \(wanted); it has: \(known)")
                }
                let text = String(decoding: try await client.text(of: found), as: UTF8.self)
                texts.append(WorkflowText(text, source: "\(found.name).yaml"))
            }
            return texts
        }
    }

    private func chosen() throws(CommandFailure) -> [WorkflowText] {
        if name.isEmpty { return WorkflowText.shipped }
        var texts: [WorkflowText] = []
        for name in name {
            guard let text = WorkflowText.shipped(name) else {
                let known = WorkflowText.shipped.map(\.name).joined(separator: ", ")
                throw CommandFailure("no shipped workflow is called \(name); shipped are: \(known)")
            }
            texts.append(text)
        }
        return texts
    }

    private func write(_ text: WorkflowText, to directory: String) throws(CommandFailure) {
        let path = (directory as NSString).appendingPathComponent(text.source)
        do {
            try Data(text.text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch {
            throw CommandFailure("\(path) was not written: \(error.localizedDescription)")
        }
        Output.standard.line(path.printable)
    }
}
