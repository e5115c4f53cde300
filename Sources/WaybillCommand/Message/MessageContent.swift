import ArgumentParser
import Foundation
import Waybill
import WaybillAPI
import WaybillCore

/// What a message says, and what is written on it.
struct MessageContent: ParsableArguments {
    @Option(help: ArgumentHelp("The body: text, @FILE, or - for standard input.", valueName: "text"))
    var body: String

    @Option(help: "What subscriptions choose by.")
    var tag: Text?

    @Option(help: "By what it can be found later; may be repeated.")
    var key: [Text] = []

    @Option(help: ArgumentHelp("Messages of one message group come in order.", valueName: "name"))
    var messageGroup: Text?

    @Option(help: "0 to 9; 9 comes first.")
    var priority = 0

    @Option(
        name: .customLong("property"),
        help: ArgumentHelp("What SQL filters choose by; may be repeated.", valueName: "name=value"))
    var properties: [String] = []

    @Option(help: "The grey-release route.")
    var lane: Text = ""

    /// The message, with an id: a request that is sent again is known by it, and done once.
    func message(to topic: TopicName) throws -> NewMessage {
        var message = NewMessage(
            to: topic, body: try bytes(), tag: tag, keys: key, messageGroup: messageGroup, priority: priority,
            lane: lane, id: MessageID(random: World.system.random))
        for property in properties {
            guard let equals = property.firstIndex(of: "="), equals > property.startIndex else {
                throw ValidationError("--property wants name=value; not \(property.printable)")
            }
            let name = Text(String(property[..<equals]))
            message.properties[name] = Text(String(property[property.index(after: equals)...]))
        }
        return message
    }

    private func bytes() throws -> [UInt8] {
        if body == "-" { return try WholeFile.bytes("-") }
        return body.hasPrefix("@") ? try WholeFile.bytes(String(body.dropFirst())) : Array(body.utf8)
    }
}

extension JSONWriter {
    /// The fields of a message to be sent; the object is the caller's.
    mutating func fields(of message: NewMessage) {
        member("id", ifAny: message.id?.text)
        member("tag", ifAny: message.tag)
        members("keys", message.keys) { $0.text($1) }
        member("message_group", ifAny: message.messageGroup)
        member("priority", Int64(message.priority))
        if let at = message.deliverAt { member("deliver_at", at) }
        if !message.lane.isEmpty { member("lane", message.lane) }
        key("properties")
        texts(message.properties)
        // What was given goes as it is, to the byte.
        member("data_base64", Text(Data(message.body).base64EncodedString()))
    }
}
