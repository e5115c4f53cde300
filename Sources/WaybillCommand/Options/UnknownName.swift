import WaybillClient
import WaybillCore

/// A name of a list's filter that the file does not have.
struct UnknownName {
    let kind: String
    let name: String
    let meant: String?
    /// As the server said it.
    let bytes: [UInt8]

    var sentence: String {
        let asked =
            switch kind {
            case "workflow", "topic": "there is no \(kind) \(name) in this file"
            case "event": "there is no type of events \(name)"
            case "producer": "no half message in doubt is of a producer \(name)"
            default: "no workflow of this file has the \(kind) \(name)"
            }
        return "\(asked)\(meant.map { "; did you mean \($0)?" } ?? "")"
    }
}

extension [UnknownName] {
    /// Says them beside the answer.
    func tell() {
        for name in self { Output.error.line("waybill: \(name.sentence.printable)") }
    }
}

extension Members {
    /// The names of its filter that an empty list does not know.
    func unknownNames() throws(ClientFailure) -> [UnknownName] {
        var names: [UnknownName] = []
        for item in try objects("unknown") {
            names.append(
                UnknownName(
                    kind: try item.text("kind").string, name: try item.text("name").string,
                    meant: try item.textIfAny("meant")?.string, bytes: item.bytes))
        }
        return names
    }
}
