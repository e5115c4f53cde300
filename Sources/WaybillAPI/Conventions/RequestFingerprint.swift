import WaybillCore

extension Call {
    /// 64 bits of a digest over what is asked: by its values, so that blanks, escapes and the order of members are the
    /// sender's.
    var fingerprint: UInt64 {
        var digest = Digest()
        digest.add(Text(name))
        for parameter in parameters { digest.add(parameter.value) }
        for (name, value) in query.sorted {
            digest.add(Text(name))
            digest.add(value)
        }
        digest.add(headers[.lane].map { Text($0) })
        if !body.isEmpty { digest.add(json: body) }
        return UInt64(bitPattern: digest.value)
    }
}

extension Digest {
    /// A value of JSON; bytes that are none count as they are.
    fileprivate mutating func add(json bytes: [UInt8]) {
        do throws(JSONProblem) {
            add(try JSONReader.read(bytes) { reader throws(JSONProblem) in try Self.of(&reader, depth: 1) })
        } catch {
            add(bytes)
        }
    }

    private static func of(_ reader: inout JSONReader, depth: Int) throws(JSONProblem) -> Int64 {
        guard depth <= StrictJSON.depthMax else { throw reader.problem("nested deeper than \(StrictJSON.depthMax)") }
        var digest = Digest()
        switch try reader.peek() {
        case .null:
            digest.add(reader.takeNull() ? 0 : 1)
        case .bool:
            digest.add(try reader.bool() ? 3 : 2)
        case .number:
            digest.add(4)
            digest.add(try reader.int())
        case .text:
            digest.add(5)
            digest.add(try reader.text())
        case .array:
            digest.add(6)
            var elements: [Int64] = []
            try reader.array { reader throws(JSONProblem) in elements.append(try of(&reader, depth: depth + 1)) }
            for element in elements { digest.add(element) }
        case .object:
            digest.add(7)
            var members: [(name: Text, value: Int64)] = []
            try reader.object { name, reader throws(JSONProblem) in
                members.append((name, try of(&reader, depth: depth + 1)))
            }
            for member in members.sorted(by: { $0.name < $1.name }) {
                digest.add(member.name)
                digest.add(member.value)
            }
        }
        return digest.value
    }
}
