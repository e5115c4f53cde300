import ArgumentParser
import FlashSale
import Foundation
import Histories

/// Where a report goes.
struct ReportOutputs: ParsableArguments {
    @Flag(help: "Print the report as JSON.")
    var json = false

    @Option(help: ArgumentHelp("Write the report as JSON, for `rush compare`.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Write the report as one page for a browser.", valueName: "file"))
    var html: String?

    /// Writes the report wherever it was asked for.
    func write(_ report: RushReport) throws {
        if let out { try WrittenFile.write(try report.json(), to: out) }
        if let html { try WrittenFile.write(Array(ReportPage(report).html().utf8), to: html) }
        if json { return Output.standard.write(try report.json()) }
        RushText(report).write()
        if let html { Output.standard.line(Style.dim("   the report as a page: \(html.printable)")) }
        if let out { Output.standard.line(Style.dim("   the report as JSON: \(out.printable)")) }
    }
}

/// A file that a command writes as a whole: readers see the old one or the new one, unless it is no regular file.
enum WrittenFile {
    static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        do {
            switch OutputTarget(path: path) {
            case .file: try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
            case .other:
                let file = try OutputFile(path: path)
                try file.write(bytes)
                try file.close()
            }
        } catch let finding as InputFinding {
            throw CommandFailure(finding.description)
        } catch {
            throw CommandFailure("\(path) was not written: \(error.localizedDescription)")
        }
    }
}
