import ArgumentParser

/// `waybill timeout`: what orders wait for, and for how long.
struct TimeoutNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeout",
        abstract: "List, cancel, extend and move timeouts, of one order or of many.",
        subcommands: [
            ListTimeouts.self, CancelTimeout.self, ExtendTimeout.self, MoveTimeout.self, ResumeTimeouts.self,
        ])
}
