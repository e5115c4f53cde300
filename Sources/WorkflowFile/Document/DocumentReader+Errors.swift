import Yams

extension DocumentReader {
    /// Notes what the YAML parser could not read, with what usually causes it.
    func explain(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            let place = Place(line: mark.line, column: mark.column)
            explain(problem, at: place, opened: context.map { Place(line: $0.mark.line, column: $0.mark.column) })
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

    /// - Parameter opened: where the quote, list or mapping starts that the problem is in.
    private func explain(_ problem: String, at place: Place, opened: Place?) {
        let index = log.source.index(of: place)
        if index < log.source.bytes.count, log.source.bytes[index] == UInt8(ascii: "\t") {
            return log.error(at: place, "a tab where YAML allows only spaces", hint: "indent with spaces")
        }
        let message = "not readable as YAML or JSON: \(problem)"
        switch problem {
        case "found unexpected end of stream", "found unexpected document indicator":
            log.error(at: opened ?? place, "a quote that is not closed", hint: "close it")
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            let start = opened.map { " of the bracket in line \($0.line), column \($0.column)" } ?? ""
            log.error(
                at: place, message + start, hint: "check brackets and commas, and quote texts that contain them")
        case "mapping values are not allowed in this context":
            log.error(at: place, message, hint: "quote a text that contains ': '; else check the indentation")
        case "could not find expected ':'":
            log.error(at: place, message, hint: "write `key: value`, with a space after the colon")
        case "found character that cannot start any token":
            log.error(at: place, message, hint: "put quotes around the text")
        case "did not find expected node content":
            log.error(at: place, message, hint: "put quotes around a value that begins with a sign: '- event.cents'")
        default:
            log.error(at: place, message, hint: "check the indentation, and quotes inside quotes")
        }
    }
}
