/// HTML that is being written: tags come from this code, texts from outside and always escaped.
struct Markup {
    private(set) var html = ""

    /// A tag of this code, as it stands.
    mutating func tag(_ markup: StaticString) { html += markup.description }

    /// Text from anywhere.
    mutating func text(_ text: some StringProtocol) { html += Self.escaped(text) }

    /// An element of this code with a text from anywhere.
    mutating func element(_ name: StaticString, class classes: StaticString = "", _ text: some StringProtocol) {
        open(name, class: classes)
        html += Self.escaped(text) + "</\(name)>"
    }

    /// An element of this code around what `body` writes.
    mutating func element(
        _ name: StaticString, class classes: StaticString = "", _ body: (inout Markup) -> Void
    ) {
        open(name, class: classes)
        body(&self)
        html += "</\(name)>"
    }

    private mutating func open(_ name: StaticString, class classes: StaticString) {
        html += classes.utf8CodeUnitCount == 0 ? "<\(name)>" : "<\(name) class=\"\(classes)\">"
    }

    /// Markup that was made in the same way.
    mutating func append(_ other: Markup) { html += other.html }

    /// A drawing: numbers and texts that its maker has escaped.
    mutating func drawing(_ svg: String) { html += svg }

    /// Safe between tags and inside quoted attributes. Characters that XML forbids become U+FFFD.
    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result += " "
            // Controls, and what turns the direction of a line: a name must not reorder the page.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}",
                "\u{2066}"..."\u{2069}", "\u{FFFE}", "\u{FFFF}":
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
