import ArgumentParser

/// `waybill message`: what topics carry.
struct MessageNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message", abstract: "Send, recall and move messages.",
        subcommands: [
            SendMessage.self, RecallMessage.self, RescheduleMessage.self,
        ])
}
