/// The header blocks of one connection: a field is written out once, and is a byte or two from then on, as clients do.
struct RequestHeaders {
    private let fields: [(name: String, value: String)]
    /// What the server keeps of this connection, the oldest first; all of it fits into the table of every server.
    private var kept: [(name: String, value: String)] = []
    private var blocks: [CalledProcedure: (keptCount: Int, block: [UInt8])] = [:]

    /// Fields that HPACK gives to every connection, and where its table goes on with those of this one.
    private static let post: UInt8 = 0x83
    private static let http: UInt8 = 0x86
    private static let firstKept = 62

    init(_ fields: [(name: String, value: String)]) { self.fields = fields }

    /// The block of a request.
    mutating func block(_ procedure: CalledProcedure) -> [UInt8] {
        if let (keptCount, block) = blocks[procedure], keptCount == kept.count { return block }
        let before = kept.count
        var block = [Self.post, Self.http]
        for field in [(name: ":path", value: procedure.rawValue)] + fields { add(field, to: &block) }
        if kept.count == before { blocks[procedure] = (before, block) }
        return block
    }

    private mutating func add(_ field: (name: String, value: String), to block: inout [UInt8]) {
        if let place = kept.firstIndex(where: { $0 == field }) {
            return Self.write(Self.firstKept + kept.count - 1 - place, flag: 0x80, to: &block)
        }
        block.append(0x40)
        for text in [field.name, field.value] {
            Self.write(text.utf8.count, flag: 0, to: &block)
            block += text.utf8
        }
        kept.append(field)
    }

    /// A number in the seven low bits, and in further bytes when it does not fit.
    private static func write(_ number: Int, flag: UInt8, to block: inout [UInt8]) {
        guard number >= 127 else { return block.append(flag | UInt8(number)) }
        block.append(flag | 127)
        var rest = number - 127
        while rest >= 128 {
            block.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        block.append(UInt8(rest))
    }
}
