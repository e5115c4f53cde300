/// Examples in documents and comments: each is Swift that a test compiles, line by line as it stands there.
enum ExampleRules {
    /// A block of Swift, without its indentation.
    private struct Example {
        let line: Int
        let code: String
    }

    /// Blocks of which no test holds the same lines.
    static func untested(in files: [SourceFile], by tests: [SourceFile]) -> [Violation] {
        let compiled = tests.map { bare($0.lines) }
        return files.flatMap { file in
            examples(in: file).filter { example in !compiled.contains { $0.contains(example.code) } }.map {
                Violation(path: file.path, line: $0.line, message: "no test compiles this example")
            }
        }
    }

    private static func examples(in file: SourceFile) -> [Example] {
        var examples: [Example] = []
        var block: (line: Int, lines: [Substring])?
        for (index, line) in file.lines.enumerated() {
            guard let text = text(line, of: file) else {
                block = nil
                continue
            }
            if let open = block {
                if text.hasPrefix("```") {
                    examples.append(Example(line: open.line, code: bare(open.lines)))
                    block = nil
                } else {
                    block?.lines.append(text)
                }
            } else if text == "```swift" {
                block = (index + 1, [])
            }
        }
        return examples
    }

    /// What a line says: of a source its comments, of a document everything.
    private static func text(_ line: Substring, of file: SourceFile) -> Substring? {
        guard file.path.hasSuffix(".swift") else { return line }
        let line = line.drop { $0 == " " }
        guard line.hasPrefix("///") else { return nil }
        return line.dropFirst(line.hasPrefix("/// ") ? 4 : 3)
    }

    /// The lines without what stands before and after their text, and with a line feed on both sides.
    private static func bare(_ lines: [Substring]) -> String {
        "\n" + lines.map { line in line.drop { $0 == " " } }.joined(separator: "\n") + "\n"
    }
}
