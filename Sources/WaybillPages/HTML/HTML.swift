/// HTML that is safe by how it is made: tags and names of attributes come from this code, and every text is escaped,
/// wherever it is from. Nothing makes markup of a text.
package struct HTML: Sendable {
    /// The markup.
    package fileprivate(set) var markup = ""

    package init() {}

    /// A text from anywhere.
    package init(_ text: some StringProtocol) { markup = Self.escaped(text) }

    /// An element with what is in it.
    init(_ name: StaticString, _ attributes: [Attribute?], _ content: HTML) {
        markup = "<\(name)"
        for attribute in attributes { markup += attribute?.markup ?? "" }
        markup += ">"
        markup += content.markup
        markup += "</\(name)>"
    }

    /// An element that never has anything in it.
    init(void name: StaticString, _ attributes: [Attribute?]) {
        markup = "<\(name)"
        for attribute in attributes { markup += attribute?.markup ?? "" }
        markup += ">"
    }

    /// A whole document.
    static func document(_ content: HTML) -> HTML {
        var html = HTML()
        html.markup = "<!doctype html>\n" + content.markup + "\n"
        return html
    }

    package var isEmpty: Bool { markup.isEmpty }

    static func + (left: HTML, right: HTML) -> HTML {
        var html = left
        html.markup += right.markup
        return html
    }

    static func += (left: inout HTML, right: HTML) { left.markup += right.markup }

    /// Safe between tags and inside quoted attributes.
    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            // Controls, and what turns the direction of a line: a name must not reorder the page.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}", "\u{061C}", "\u{202A}"..."\u{202E}",
                "\u{2066}"..."\u{2069}", "\u{FFFE}", "\u{FFFF}":
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// A literal is a text like any other; what is put into it is escaped too, unless it is HTML.
extension HTML: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) { self.init(text) }

    package init(stringInterpolation parts: StringInterpolation) { markup = parts.markup }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        package init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity) }

        package mutating func appendLiteral(_ text: String) { markup += HTML.escaped(text) }

        package mutating func appendInterpolation(_ html: HTML) { markup += html.markup }

        package mutating func appendInterpolation(_ text: some CustomStringConvertible) {
            markup += HTML.escaped(text.description)
        }
    }
}

/// Puts pieces of a page one after another.
@resultBuilder package enum HTMLBuilder {
    package static func buildExpression(_ html: HTML) -> HTML { html }
    package static func buildExpression(_ html: HTML?) -> HTML { html ?? HTML() }
    package static func buildBlock(_ parts: HTML...) -> HTML { parts.reduce(into: HTML()) { $0 += $1 } }
    package static func buildOptional(_ html: HTML?) -> HTML { html ?? HTML() }
    package static func buildEither(first html: HTML) -> HTML { html }
    package static func buildEither(second html: HTML) -> HTML { html }
    package static func buildArray(_ parts: [HTML]) -> HTML { parts.reduce(into: HTML()) { $0 += $1 } }
}
