/// What Package.swift declares, as far as the rules need it.
struct Manifest {
    struct Target {
        var name: String
        var kind: String
        var dependencies: Set<String>
        var hasHouseSettings: Bool
    }

    let targets: [Target]
    /// The upcoming features that the settings switch on.
    let features: Set<String>

    func target(_ name: String) -> Target? { targets.first { $0.name == name } }

    init(_ text: String) {
        let text = Self.withoutComments(text)
        let products = Self.products(in: text)
        var found: [(offset: String.Index, target: Target)] = []
        for kind in ["target", "executableTarget", "testTarget", "systemLibrary", "macro", "plugin"] {
            for range in text.ranges(of: ".\(kind)(") {
                let body = Self.balanced(text[range.upperBound...], open: "(", close: ")")
                guard let name = Self.strings(in: body[...]).first else { continue }
                var dependencies: Set<String> = []
                if let list = body.ranges(of: "dependencies: [").first {
                    let items = Self.balanced(body[list.upperBound...], open: "[", close: "]")
                    dependencies = Set(Self.strings(in: items[...]))
                    for word in items.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
                        if let product = products[String(word)] { dependencies.insert(product) }
                    }
                }
                let target = Target(
                    name: name, kind: kind, dependencies: dependencies,
                    hasHouseSettings: body.contains("swiftSettings: house"))
                found.append((range.lowerBound, target))
            }
        }
        targets = found.sorted { $0.offset < $1.offset }.map(\.target)
        features = Set(
            text.ranges(of: "enableUpcomingFeature(").compactMap { Self.strings(in: text[$0.upperBound...]).first })
    }

    /// `let grdb = Target.Dependency.product(name: "GRDB", ...)` as grdb -> GRDB.
    private static func products(in text: String) -> [String: String] {
        var products: [String: String] = [:]
        for line in text.split(separator: "\n") where line.contains("Target.Dependency.product(") {
            let words = line.split(separator: " ")
            if words.count > 1, let product = strings(in: line).first { products[String(words[1])] = product }
        }
        return products
    }

    private static func withoutComments(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in line.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") ? "" : String(line) }
            .joined(separator: "\n")
    }

    /// The text up to the bracket that closes the one before it.
    private static func balanced(_ text: Substring, open: Character, close: Character) -> String {
        var depth = 1
        return String(
            text.prefix { character in
                if character == open { depth += 1 }
                if character == close { depth -= 1 }
                return depth > 0
            })
    }

    private static func strings(in text: Substring) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .compactMap { $0.offset % 2 == 1 ? String($0.element) : nil }
    }
}
