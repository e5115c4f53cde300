import WaybillCore

/// What a workflow says to every command and every timeout in every situation that an order can be in, as text.
///
///     unpaid = place
///       pay all   | awaiting shipment | paid waiting | order:paid | confirm 2 mug@n | -pay_due
///       not_possible: ship some, returned one
///     paid = unpaid, pay all
///       ...
///
/// Among the messages stand calls, by what they are about (`refunds(p1 250)`), and what relatives are told
/// (`parcel+x1`, `x1<-form`, `parent<-signed`).
///
/// A line at the margin names a situation and how an order comes into it: from a situation above, by moves, by
/// timeouts, by `wait 3d`. Below it, one line per cell: move or timeout | status | active leaves | messages | stock
/// moved | timeouts armed (+) and stopped (-); what is empty at the end is left out. Moves that change nothing stand
/// together behind the code of their refusal, or behind `repeated`.
///
/// A move is a command with data; its first word is the command's name. `(sold out)` behind it answers every question
/// for stock with no, `(no coupon)` every question for a coupon, else all stock is there.
struct DecisionTable {
    var situations: [Situation] = []

    struct Situation {
        var name: String
        var steps: [String]
        var cells: [Cell] = []
    }

    struct Cell {
        var move: String
        /// The columns after the move, or the code of a refusal.
        var expected: String
    }

    /// Why a text is no table.
    struct Misprint: Error, CustomStringConvertible {
        var description: String
    }

    init(_ text: String) throws {
        for line in text.split(separator: "\n") {
            if line.first != " " {
                let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(trimmed)
                guard sides.count == 2 else { throw Misprint(description: "no '=' in \(line)") }
                situations.append(Situation(name: sides[0], steps: list(sides[1])))
            } else if situations.isEmpty {
                throw Misprint(description: "before the first situation: \(line)")
            } else {
                situations[situations.count - 1].cells += try cells(line)
            }
        }
    }

    private func cells(_ line: Substring) throws -> [Cell] {
        if line.contains("|") {
            let columns = line.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
            return [Cell(move: columns[0], expected: columns.dropFirst().joined(separator: " | "))]
        }
        guard let colon = line.firstIndex(of: ":") else {
            throw Misprint(description: "neither '|' nor ':' in \(line)")
        }
        let code = trimmed(line[..<colon])
        return list(line[line.index(after: colon)...]).map { Cell(move: $0, expected: code) }
    }
}

private func list(_ text: some StringProtocol) -> [String] { text.split(separator: ",").map(trimmed) }

private func trimmed(_ text: some StringProtocol) -> String {
    let inner = text.drop { $0 == " " }
    return String(inner.prefix(upTo: inner.lastIndex { $0 != " " }.map(inner.index(after:)) ?? inner.startIndex))
}
