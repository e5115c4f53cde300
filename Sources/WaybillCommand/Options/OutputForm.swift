import ArgumentParser

/// How a command prints what it has found.
enum OutputForm: String, CaseIterable, ExpressibleByArgument {
    /// For people.
    case table
    /// One JSON value.
    case json
    /// The elements of a list as JSON, each on a line.
    case jsonl

    init?(argument: String) {
        // `tail` has no table, and calls it so.
        self.init(rawValue: argument == "text" ? "table" : argument)
    }
}
