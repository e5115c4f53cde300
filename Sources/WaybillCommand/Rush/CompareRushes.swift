import ArgumentParser
import FlashSale
import Foundation

/// `waybill rush compare`: what a change of workflow, limits, stock or crowd has moved.
struct CompareRushes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Lay two reports side by side.",
        discussion: "The reports are JSON files that `waybill rush run --out FILE` has written.")

    @Argument(help: "The report to compare with.")
    var first: String

    @Argument(help: "The report after the change.")
    var second: String

    @Option(help: ArgumentHelp("Write the comparison as one page for a browser.", valueName: "file"))
    var html: String?

    func run() throws {
        let comparison = try Comparison(report(first), report(second))
        let names = (first: name(first), second: name(second))
        if let html {
            try WrittenFile.write(Array(ComparisonPage(comparison, names: names).html().utf8), to: html)
        }
        if !comparison.settings.isEmpty {
            writeTable(comparison.settings, names)
            Output.standard.line()
        }
        writeTable(comparison.outcomes, names)
        if let html { Output.standard.line(Style.dim("\nthe comparison as a page: \(html.printable)")) }
    }

    private func report(_ path: String) throws -> RushReport {
        try RushReport(json: WholeFile.bytes(path), name: path)
    }

    /// What the reader called it: the file's name without its folder and ending.
    private func name(_ path: String) -> String {
        ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    }

    private func writeTable(_ rows: [Comparison.Row], _ names: (first: String, second: String)) {
        var table = TextTable([
            .init(""), .init(names.first.printable, isRightAligned: true),
            .init(names.second.printable, isRightAligned: true), .init("CHANGE", isRightAligned: true),
        ])
        for row in rows { table.add([row.name, row.first, row.second, row.change]) }
        table.write()
    }
}
