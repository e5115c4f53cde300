import Yams

extension DocumentReader {
    /// Notes what the YAML parser could not read, with what usually causes it.
    func explain(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            let place = Place(line: mark.line, column: mark.column)
            let (message, hint) = explanation(of: problem, at: place)
            log.error(at: place, message, hint: hint)
        case .composer(let context, _, let mark, _):
            let place = Place(line: mark.line, column: mark.column)
            if context == nil {
                log.error(
                    at: place, "an alias: anchors, aliases and merge keys are not allowed",
                    hint: "write the value out in full; quote a text that starts with *")
            } else {
                log.error(at: place, "a second document: a file holds one workflow", hint: "remove it and the `---`")
            }
        case .reader(let problem, let offset, _, let text):
            let index = offset.map { text.prefix($0).utf8.count } ?? 0
            log.error(
                at: log.source.place(of: index), "a character that no text file has (\(problem))", hint: "remove it")
        case .duplicatedKeysInMapping(let keys, let context):
            log.error(
                at: Place(line: context.mark.line, column: context.mark.column),
                "the key '\(keys.first ?? "")' occurs twice in the same mapping")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            log.error(at: .start, "the text cannot be read: \(error)")
        }
    }

    private func explanation(of problem: String, at place: Place) -> (message: String, hint: String?) {
        let index = log.source.index(of: place)
        if index < log.source.bytes.count, log.source.bytes[index] == UInt8(ascii: "\t") {
            return ("a tab where YAML allows only spaces", "indent with spaces")
        }
        let hint: String? =
            switch problem {
            case "mapping values are not allowed in this context": "put quotes around a text that contains ': '"
            case "could not find expected ':'": "write `key: value`, with a space after the colon"
            case "did not find expected key", "did not find expected '-' indicator":
                "check the indentation, and quotes inside quotes"
            case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
                "check brackets and commas, and quote texts that contain them"
            case "found character that cannot start any token": "put quotes around the text"
            case "found unexpected end of stream", "found unexpected document indicator": "a quote is not closed"
            default: nil
            }
        return ("not readable as YAML or JSON: \(problem)", hint)
    }
}
