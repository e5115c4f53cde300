/// Finds in the raw bytes what must not reach the YAML parser, because reading it could take for ever.
///
/// - Nesting: the parser and the tree recurse. This scan knows quotes, comments and brackets, not every corner of YAML;
///   texts that deceive it end at the 1,000 levels that the parser allows itself, which need 2 MB of stack.
/// - Anchors: with aliases, a short text stands for a tree of any size. No text is too clever here: what looks like an
///   anchor is refused wherever it stands, and an alias without an anchor is an error of the parser.
/// - Directives, which could give tags another meaning.
struct HostileText {
    struct Problem {
        let index: Int
        let message: String
        let hint: String
    }

    private let bytes: [UInt8]
    private var index = 0
    private var flowDepth = 0
    /// Columns of the block collections that are open, growing.
    private var blockColumns: [Int] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The first such thing, or nil.
    mutating func firstProblem() -> Problem? {
        if let anchor = bytes.indices.first(where: startsAnchor) {
            return Problem(
                index: anchor, message: "an anchor: anchors, aliases and merge keys are not allowed",
                hint: "write the value out in full; where a text needs it, put a space after the &")
        }
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%") {
                return Problem(
                    index: index, message: "a line that starts with %: directives are not allowed",
                    hint: "remove the line")
            }
            if let deep = scanLine() {
                return Problem(
                    index: deep, message: "nested deeper than \(WorkflowLimits.nestingMax) levels",
                    hint: "a workflow needs about 15 levels")
            }
        }
        return nil
    }

    private func byte(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }

    private func startsAnchor(_ index: Int) -> Bool {
        guard bytes[index] == UInt8(ascii: "&"), let next = byte(index + 1), next.isNameByte else { return false }
        guard let before = byte(index - 1) else { return true }
        return !before.isNameByte && before != UInt8(ascii: "&")
    }

    /// Scans one line, and further lines while a quoted text goes on. Returns where it became too deep.
    private mutating func scanLine() -> Int? {
        let start = index
        while byte(index) == .space { index += 1 }
        if flowDepth == 0, let first = byte(index), !first.isBreak { open(column: index - start) }
        // Whether a token can start here: quotes and brackets inside a plain text mean nothing.
        var isTokenStart = true
        while let next = byte(index), !next.isBreak {
            if blockColumns.count + flowDepth > WorkflowLimits.nestingMax { return index }
            let after = byte(index + 1)
            let endsHere = after.map { $0 == .space || $0.isBreak } ?? true
            switch next {
            case UInt8(ascii: "'") where isTokenStart, UInt8(ascii: "\"") where isTokenStart:
                skipQuoted(next)
                isTokenStart = false
                continue
            case UInt8(ascii: "[") where isTokenStart || flowDepth > 0,
                UInt8(ascii: "{") where isTokenStart || flowDepth > 0:
                flowDepth += 1
                isTokenStart = true
            case UInt8(ascii: "]") where flowDepth > 0, UInt8(ascii: "}") where flowDepth > 0:
                flowDepth -= 1
                isTokenStart = false
            case UInt8(ascii: ",") where flowDepth > 0, UInt8(ascii: ":") where endsHere || flowDepth > 0:
                isTokenStart = true
            case UInt8(ascii: "-") where isTokenStart && endsHere, UInt8(ascii: "?") where isTokenStart && endsHere:
                if flowDepth == 0 { open(column: index - start + 1) }
            case UInt8(ascii: "#") where byte(index - 1).map({ $0 == .space || $0.isBreak }) ?? true:
                while let rest = byte(index), !rest.isBreak { index += 1 }
                continue
            case .space:
                break
            default:
                isTokenStart = false
            }
            index += 1
        }
        index += 1
        return nil
    }

    /// A block collection may be open at this column; those further right are closed.
    private mutating func open(column: Int) {
        while let last = blockColumns.last, last >= column { blockColumns.removeLast() }
        blockColumns.append(column)
    }

    private mutating func skipQuoted(_ quote: UInt8) {
        index += 1
        while let next = byte(index), next != quote {
            index += next == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1
        }
        index += 1
    }
}

extension UInt8 {
    fileprivate static let space = UInt8(ascii: " ")

    fileprivate var isBreak: Bool { self == 0x0A || self == 0x0D }

    /// What the YAML parser takes for the name of an anchor.
    fileprivate var isNameByte: Bool {
        let lowercase = self | 0x20
        return (lowercase >= UInt8(ascii: "a") && lowercase <= UInt8(ascii: "z"))
            || (self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9")) || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "-")
    }
}
