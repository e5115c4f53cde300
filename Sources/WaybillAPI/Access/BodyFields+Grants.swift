import WaybillCore

/// Grants in a request.
extension BodyFields {
    /// The grants of an array as the command line writes them. Each comes as a text, `orders:buyer,seller`, or as an
    /// object of one member, `{"orders":["buyer","seller"]}`.
    func grants(_ name: String, countMax: Int) throws(Problem) -> [Text] {
        var grants: [Text] = []
        for (index, json) in (try elements(name, countMax: countMax) ?? []).enumerated() {
            do throws(JSONProblem) {
                let grant = try JSONReader.read(json) { reader throws(JSONProblem) in
                    json.first == UInt8(ascii: "{") ? try Self.grant(&reader) : try reader.text()
                }
                grants.append(grant)
            } catch {
                throw .badData("\(place(name))[\(index)]", error.message)
            }
        }
        return grants
    }

    private static func grant(_ reader: inout JSONReader) throws(JSONProblem) -> Text {
        var words: [Text] = []
        try reader.object { word, reader throws(JSONProblem) in
            var names: [String] = []
            try reader.array { reader throws(JSONProblem) in names.append(try reader.text().string) }
            words.append(Text("\(word):\(names.joined(separator: ","))"))
        }
        guard words.count == 1, let word = words.first else {
            throw reader.problem("a grant has one member, for example {\"orders\":[\"buyer\"]}")
        }
        return word
    }
}
