import RocketMQProto
import WaybillCore

/// What of a message comes back to its consumers as its producer wrote it, and says nothing to the broker: when and
/// where it was made, how its body is encoded, when it was to be delivered, which type it said it was of.
///
/// One short text beside the message: `born|encoding|due|type|host|trace`, each as it is or empty.
struct WireNote: Equatable {
    var bornAt: Moment?
    var encoding: MQEncoding = .identity
    var due: Moment?
    var type: MQMessageType?
    var host = ""
    var trace = ""

    private static let hostBytesMax = 64
    private static let traceBytesMax = 256

    init(_ system: MQSystemProperties, bornAt: Moment, due: Moment?, type: MQMessageType) {
        self.bornAt = bornAt
        self.due = due
        self.type = type
        encoding = system.bodyEncoding == .gzip ? .gzip : .identity
        let isHost = system.bornHost.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "|") }
        if isHost, system.bornHost.utf8.count <= Self.hostBytesMax { host = system.bornHost }
        let trace = Text(system.traceContext)
        if trace.byteCount <= Self.traceBytesMax, trace.controlCharacter == nil { self.trace = trace.string }
    }

    var text: Text {
        Text(
            "\(bornAt.map { "\($0.milliseconds)" } ?? "")|\(encoding.rawValue)|"
                + "\(due.map { "\($0.milliseconds)" } ?? "")|\(type.map { "\($0.rawValue)" } ?? "")|\(host)|\(trace)")
    }

    /// Reads a note; what is not there, or does not make sense, is as if it had not been said.
    init(_ text: Text?) {
        guard let text else { return }
        let parts = text.string.split(separator: "|", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6 else { return }
        bornAt = Int64(parts[0]).map { Moment(milliseconds: $0) }
        if let raw = Int(parts[1]), let known = MQEncoding(rawValue: raw), known == .gzip { encoding = known }
        due = Int64(parts[2]).map { Moment(milliseconds: $0) }
        type = Int(parts[3]).flatMap { MQMessageType(rawValue: $0) }
        host = parts[4]
        trace = parts[5]
    }
}
