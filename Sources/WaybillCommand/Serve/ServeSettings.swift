import Foundation
import Waybill
import WaybillCore
import WaybillServer

/// One setting with its value and where that comes from: a flag, the environment, or nowhere.
struct ServeSetting {
    let name: String
    let value: String
    let origin: String
}

/// Settings of `waybill serve`: a flag goes before the environment, and that before what is usual.
struct ServeSettings {
    private(set) var all: [ServeSetting] = []
    private let environment = ProcessInfo.processInfo.environment

    /// The value of one setting.
    ///
    /// - Parameter usual: the value when it is not set; shown like the others.
    mutating func value(_ name: String, flag: String?, usual: String) -> String {
        let variable = "WAYBILL_" + name.uppercased().replacing("-", with: "_")
        let (value, origin) =
            if let flag {
                (flag, "flag")
            } else if let set = environment[variable], !set.isEmpty {
                (set, variable)
            } else {
                (usual, Self.usualOrigin)
            }
        all.append(ServeSetting(name: name, value: value, origin: origin))
        return value
    }

    /// Whether the last one that was asked for is as usual: neither a flag nor the environment says otherwise.
    var isLastUsual: Bool { all.last?.origin == Self.usualOrigin }

    private static let usualOrigin = "default"

    /// The values of a setting that may be repeated; in the environment commas are between them.
    mutating func values(_ name: String, flags: [String]) -> [String] {
        let text = value(name, flag: flags.isEmpty ? nil : flags.joined(separator: ","), usual: "")
        guard flags.isEmpty else { return flags }
        return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    mutating func flag(_ name: String, flag: Bool) throws(CommandFailure) -> Bool {
        let text = value(name, flag: flag ? "yes" : nil, usual: "no")
        switch text {
        case "yes", "true", "1": return true
        case "no", "false", "0": return false
        default: throw CommandFailure("--\(name) is yes or no, not \(text)", status: .misused)
        }
    }

    /// An address that may be left out, or be `off`.
    mutating func address(_ name: String, flag: String?) throws(CommandFailure) -> HTTPAddress? {
        let text = value(name, flag: flag, usual: "off")
        return text == "off" ? nil : try Self.address(text, name)
    }

    static func address(_ text: String, _ name: String) throws(CommandFailure) -> HTTPAddress {
        guard let address = HTTPAddress(text) else {
            throw CommandFailure("--\(name) is HOST:PORT, not \(text)", status: .misused)
        }
        return address
    }

    /// One of a few words.
    mutating func word<Word: RawRepresentable<String> & CaseIterable>(
        _ name: String, flag: String?, usual: Word
    ) throws(CommandFailure) -> Word {
        let text = value(name, flag: flag, usual: usual.rawValue)
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: " or ")
            throw CommandFailure("--\(name) is \(words), not \(text)", status: .misused)
        }
        return word
    }

    mutating func number(_ name: String, flag: Int?, usual: Int, in range: ClosedRange<Int>) throws(CommandFailure)
        -> Int
    {
        let text = value(name, flag: flag.map { "\($0)" }, usual: "\(usual)")
        guard let number = Int(text), range.contains(number) else {
            throw CommandFailure(
                "--\(name) is a number from \(range.lowerBound) to \(range.upperBound), not \(text)", status: .misused)
        }
        return number
    }

    /// A length of time that may be left out.
    mutating func intervalIfAny(_ name: String, flag: Interval?) throws(CommandFailure) -> Interval? {
        let text = value(name, flag: flag?.text, usual: "")
        return text.isEmpty ? nil : try Self.read(text, name)
    }

    mutating func interval(_ name: String, flag: Interval?, usual: Interval) throws(CommandFailure) -> Interval {
        try Self.read(value(name, flag: flag?.text, usual: usual.text), name)
    }

    private static func read(_ text: String, _ name: String) throws(CommandFailure) -> Interval {
        guard let interval = Interval(argument: text), interval.milliseconds > 0 else {
            throw CommandFailure("--\(name) is a duration as 10s, not \(text)", status: .misused)
        }
        return interval
    }
}
