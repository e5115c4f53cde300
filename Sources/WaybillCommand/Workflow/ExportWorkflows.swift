import ArgumentParser
import Foundation
import Waybill

/// `waybill workflow export`: the texts of shipped workflows, to read or to start from.
struct ExportWorkflows: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print shipped workflows, or write them as files.")

    @Argument(help: "Which; all of them when none is named.")
    var name: [String] = []

    @Option(help: ArgumentHelp("Write NAME.yaml files there. A file that exists is left alone.", valueName: "dir"))
    var to: String?

    func run() throws {
        let texts = try chosen()
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
