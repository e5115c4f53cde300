/// One attribute of an element; its value is escaped, and an address never leads away from this server.
package struct Attribute: Sendable {
    let markup: String

    private init(_ name: StaticString, _ value: String) { markup = " \(name)=\"\(HTML.escaped(value))\"" }

    private init(_ name: StaticString) { markup = " \(name)" }

    /// What only the script reads.
    init(data name: StaticString, _ value: String) { markup = " data-\(name)=\"\(HTML.escaped(value))\"" }

    static func `class`(_ names: String) -> Attribute? { names.isEmpty ? nil : Attribute("class", names) }
    static func id(_ id: String) -> Attribute { Attribute("id", id) }
    static func title(_ text: String) -> Attribute { Attribute("title", text) }
    static func lang(_ text: String) -> Attribute { Attribute("lang", text) }
    static func charset(_ text: String) -> Attribute { Attribute("charset", text) }
    static func name(_ text: String) -> Attribute { Attribute("name", text) }
    static func value(_ text: String) -> Attribute { Attribute("value", text) }
    static func content(_ text: String) -> Attribute { Attribute("content", text) }
    static func type(_ text: String) -> Attribute { Attribute("type", text) }
    static func rel(_ text: String) -> Attribute { Attribute("rel", text) }
    static func placeholder(_ text: String) -> Attribute { Attribute("placeholder", text) }
    static func method(_ text: String) -> Attribute { Attribute("method", text) }
    static func autocomplete(_ text: String) -> Attribute { Attribute("autocomplete", text) }
    static func `for`(_ id: String) -> Attribute { Attribute("for", id) }
    static func datetime(_ text: String) -> Attribute { Attribute("datetime", text) }
    static func scope(_ text: String) -> Attribute { Attribute("scope", text) }
    static func role(_ text: String) -> Attribute { Attribute("role", text) }
    static func maxlength(_ count: Int) -> Attribute { Attribute("maxlength", "\(count)") }
    static func rows(_ count: Int) -> Attribute { Attribute("rows", "\(count)") }
    static func tabindex(_ index: Int) -> Attribute { Attribute("tabindex", "\(index)") }
    static func inputmode(_ text: String) -> Attribute { Attribute("inputmode", text) }
    static func dir(_ text: String) -> Attribute { Attribute("dir", text) }
    static func label(_ text: String) -> Attribute { Attribute("aria-label", text) }
    static func labelledby(_ id: String) -> Attribute { Attribute("aria-labelledby", id) }
    static func describedby(_ id: String) -> Attribute { Attribute("aria-describedby", id) }
    static func current(_ text: String) -> Attribute { Attribute("aria-current", text) }
    /// What a column is called where a table is shown as cards.
    static func dataName(_ text: String) -> Attribute { Attribute("data-name", text) }
    /// Where the script hears that a page has changed.
    static func dataLive(_ target: String) -> Attribute { Attribute("data-live", address(target)) }
    /// Names a part that the script replaces.
    static func dataPart(_ name: String) -> Attribute { Attribute("data-part", name) }
    /// What a time says: the script keeps it true.
    static func dataTime(_ form: String) -> Attribute { Attribute("data-time", form) }
    static func viewBox(_ text: String) -> Attribute { Attribute("viewBox", text) }
    static func number(_ name: StaticString, _ value: Double) -> Attribute {
        // One decimal is finer than any screen.
        let tenths = Int64((min(max(value, -1e6), 1e6) * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        return Attribute(name, "\(sign)\(tenths.magnitude / 10).\(tenths.magnitude % 10)")
    }

    static let ariaHidden = Attribute("aria-hidden", "true")
    static let ariaDisabled = Attribute("aria-disabled", "true")
    static let noRatio = Attribute("preserveAspectRatio", "none")
    static let required = Attribute("required")
    static let checked = Attribute("checked")
    static let selected = Attribute("selected")
    static let disabled = Attribute("disabled")
    static let open = Attribute("open")
    static let reversed = Attribute("reversed")
    static let autofocus = Attribute("autofocus")
    static let `defer` = Attribute("defer")
    static let noSpelling = Attribute("spellcheck", "false")

    static func href(_ target: String) -> Attribute { Attribute("href", address(target)) }
    static func src(_ target: String) -> Attribute { Attribute("src", address(target)) }
    static func action(_ target: String) -> Attribute { Attribute("action", address(target)) }

    /// A place of this server, this page with another query, or a place of this page; all else leads nowhere.
    package static func address(_ target: String) -> String {
        let bytes = Array(target.utf8.prefix(2))
        switch bytes.first {
        case UInt8(ascii: "?"), UInt8(ascii: "#"): return target
        case UInt8(ascii: "/"):
            let second = bytes.count > 1 ? bytes[1] : 0
            return second == UInt8(ascii: "/") || second == UInt8(ascii: "\\") ? "#" : target
        default: return "#"
        }
    }
}
