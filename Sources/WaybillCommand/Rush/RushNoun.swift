import ArgumentParser

/// `waybill rush`: a flash sale, rehearsed before it happens.
struct RushNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rush",
        abstract: "Rehearse a flash sale: a crowd of shoppers from a scenario file, and a report of what it meant.",
        subcommands: [ListRushes.self, RunRush.self, CompareRushes.self, RushShop.self])
}
