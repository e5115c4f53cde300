import ArgumentParser
import WaybillCore

/// A word of a command line that is neither a noun nor a verb. The parser takes it for an argument, and complains of
/// the options behind it.
struct MistakenNoun {
    let word: String
    /// The one that was probably meant.
    let meant: String?
    /// The words before it.
    let before: [String]

    /// Looks for the first such word; nil: there is none.
    ///
    /// - Parameter words: the command line, without the program's name.
    init?(in words: some Sequence<String>, of root: any ParsableCommand.Type) {
        var command = root
        var before: [String] = []
        for word in words {
            let known = command.configuration.subcommands
            guard !known.isEmpty, command.configuration.defaultSubcommand == nil, !word.hasPrefix("-"),
                word != "help"
            else { return nil }
            if let next = known.first(where: { $0.words.contains(word) }) {
                command = next
                before.append(word)
                continue
            }
            let names = known.filter { $0.configuration.shouldDisplay }.compactMap { $0.configuration.commandName }
            self.word = word
            self.before = before
            meant = nearestName(to: Text(word), among: names.map { Text($0) })?.string
            return
        }
        return nil
    }

    /// What is said of it.
    var sentence: String {
        let place = (["waybill"] + before).joined(separator: " ")
        return "`\(place)` has no command '\(word)'\(meant.map { "; did you mean '\($0)'?" } ?? "")"
    }
}

extension ParsableCommand {
    fileprivate static var words: [String] {
        (configuration.commandName.map { [$0] } ?? []) + configuration.aliases
    }
}
