import ArgumentParser
import FlashSale
import WaybillAPI
import WaybillCore

/// `waybill rush list`: the scenarios that come with Waybill.
struct ListRushes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the scenarios that come with it; print one with --text.")

    @Option(help: ArgumentHelp("Print the text of this scenario, to start from.", valueName: "name"))
    var text: String?

    @Flag(help: "Print a JSON array.")
    var json = false

    func run() throws {
        if let text { return Output.standard.write(try ScenarioSource(shipped: text).text) }
        var table = TextTable([.init("NAME"), .init("SHOPPERS", isRightAligned: true), .init("WHAT")])
        var writer = JSONWriter()
        writer.beginArray()
        for (name, text) in ScenarioFile.shipped {
            let scenario = try ScenarioFile.load(text, name: name)
            table.add([name, grouped(scenario.shoppers), scenario.title])
            writer.beginObject()
            writer.member("name", Text(name))
            writer.member("title", Text(scenario.title))
            writer.member("shoppers", Int64(scenario.shoppers))
            writer.endObject()
        }
        writer.endArray()
        if json { return writer.print() }
        table.write()
    }
}
