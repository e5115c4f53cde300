/// What a call was answered: its messages, each with its prefix.
struct CallAnswer {
    let procedure: CalledProcedure
    private let bytes: [UInt8]

    private static let ok: UInt64 = 20_000
    private static let noMessage: UInt64 = 40_401

    init(_ procedure: CalledProcedure, _ bytes: [UInt8]) {
        self.procedure = procedure
        self.bytes = bytes
    }

    /// A message that was received.
    struct Delivered {
        let handle: ArraySlice<UInt8>
        let body: ArraySlice<UInt8>
    }

    /// - Throws: ``BenchmarkFailure`` when the server has refused it.
    func requireOK() throws {
        guard let first = try messages().first else { throw BenchmarkFailure("an answer is empty") }
        let code = try Self.code(of: first)
        guard code == Self.ok else { throw try Self.refusal(first) }
    }

    /// What a receive has got; none, when its time was over.
    func delivered() throws -> [Delivered] {
        var delivered: [Delivered] = []
        for part in try messages() {
            for field in try WireFields.read(part) {
                switch field.number {
                case 1:
                    let code = try Self.code(of: part)
                    guard code == Self.ok || code == Self.noMessage else { throw try Self.refusal(part) }
                case 2: delivered.append(try Self.delivered(field.bytes))
                default: break
                }
            }
        }
        return delivered
    }

    private func messages() throws -> [ArraySlice<UInt8>] {
        var rest = bytes[...]
        var messages: [ArraySlice<UInt8>] = []
        while rest.count >= 5 {
            let length = rest.prefix(5).dropFirst().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(5)
            guard rest.count >= length else { throw BenchmarkFailure("an answer is cut off") }
            messages.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return messages
    }

    private static func delivered(_ message: ArraySlice<UInt8>) throws -> Delivered {
        var (handle, body): (ArraySlice<UInt8>, ArraySlice<UInt8>) = ([], [])
        for field in try WireFields.read(message) {
            switch field.number {
            case 3: handle = try WireFields.read(field.bytes).first { $0.number == 12 }?.bytes ?? []
            case 4: body = field.bytes
            default: break
            }
        }
        return Delivered(handle: handle, body: body)
    }

    private static func code(of message: ArraySlice<UInt8>) throws -> UInt64 {
        try status(of: message).first { $0.number == 1 }?.value ?? 0
    }

    private static func refusal(_ message: ArraySlice<UInt8>) throws -> BenchmarkFailure {
        let status = try status(of: message)
        let code = status.first { $0.number == 1 }?.value ?? 0
        let why = status.first { $0.number == 2 }.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
        return BenchmarkFailure("the server answered \(code): \(why)")
    }

    private static func status(of message: ArraySlice<UInt8>) throws -> [WireFields.Field] {
        guard let status = try WireFields.read(message).first(where: { $0.number == 1 }) else { return [] }
        return try WireFields.read(status.bytes)
    }
}
