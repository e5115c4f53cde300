import ArgumentParser

/// `waybill message`: what topics carry.
struct MessageNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message", abstract: "Send, receive, answer for, list, find, trace, recall and move messages.",
        subcommands: [
            SendMessage.self, ReceiveMessages.self, ListMessages.self, FindMessages.self, TraceMessage.self,
            RecallMessage.self,
            RescheduleMessage.self, AcknowledgeMessages.self, FailMessages.self, ExtendMessages.self,
        ])
}
