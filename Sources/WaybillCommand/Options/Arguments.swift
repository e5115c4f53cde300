public import ArgumentParser
import Foundation
public import Waybill
public import WaybillCore

/// The words of the command line, before anybody looks at their meaning.
enum Arguments {
    /// Whether a program reads the answer: the flag `--json`, or its form by `-o`. What is asked of a verb that has
    /// neither never gets so far.
    static var askForJSON: Bool {
        let words = CommandLine.arguments.prefix { $0 != "--" }
        let forms = ["json", "jsonl"]
        return words.contains("--json") || forms.contains { words.contains("-o\($0)") || words.contains("-o=\($0)") }
            || zip(words, words.dropFirst()).contains { $0 == "-o" && forms.contains($1) }
    }

    /// Refuses words that are not UTF-8: Swift would repair them in silence, and an order would get another name.
    static func check() throws(CommandFailure) {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let word = CommandLine.unsafeArgv[index] else { return }
            guard String(validatingCString: word) != nil else {
                throw CommandFailure("argument \(index) is not valid UTF-8: \(String(cString: word).printable)")
            }
        }
    }
}

extension Moment {
    /// Reads an option's time, in one of the forms in which times are taken everywhere.
    @Sendable static func argument(_ text: String) throws -> Moment {
        do throws(MomentProblem) {
            return try Moment(read: Text(text))
        } catch {
            throw ValidationError(error.message)
        }
    }
}

extension Interval: ExpressibleByArgument {
    /// `30m`, `1h30m`, `10d`, `250ms`; with a minus in front it goes back.
    public init?(argument: String) {
        let isNegative = argument.hasPrefix("-")
        guard let interval = Interval(text: Text(isNegative ? String(argument.dropFirst()) : argument)) else {
            return nil
        }
        self.init(milliseconds: isNegative ? -interval.milliseconds : interval.milliseconds)
    }

    public var defaultValueDescription: String { text }
}

extension Identifier where Self: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension OrderID: ExpressibleByArgument {}
extension EventName: ExpressibleByArgument {}
extension TimeoutName: ExpressibleByArgument {}
extension WorkflowName: ExpressibleByArgument {}
extension SKU: ExpressibleByArgument {}
extension Location: ExpressibleByArgument {}
extension TopicName: ExpressibleByArgument {}
extension GroupName: ExpressibleByArgument {}
extension TopicType: ExpressibleByArgument {}
extension GroupStart: ExpressibleByArgument {}
extension LookBackEffects: ExpressibleByArgument {}
extension StockFilter.Kind: ExpressibleByArgument {}

extension Text: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
