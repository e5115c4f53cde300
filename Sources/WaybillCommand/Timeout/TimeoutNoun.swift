import ArgumentParser

/// `waybill timeout`: what orders wait for, and for how long.
struct TimeoutNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeout",
        abstract: "List, cancel, extend, move, hold and release timeouts, of one order or of many.",
        subcommands: [
            ListTimeouts.self, CancelTimeout.self, ExtendTimeout.self, MoveTimeout.self, ResumeTimeouts.self,
            HoldTimeouts.self, ReleaseTimeouts.self,
        ])
}
