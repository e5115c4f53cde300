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
        let isOfFile = kind == "workflow" || kind == "topic"
        let asked =
            isOfFile ? "there is no \(kind) \(name) in this file" : "no workflow of this file has the \(kind) \(name)"
        return "\(asked)\(meant.map { "; did you mean \($0)?" } ?? "")"
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
