import ArgumentParser

/// Options that name a file and say how to answer.
protocol DatabaseOptions {
    var json: Bool { get }
    var database: DatabaseFile { get }
}

/// The options of every command that looks at a file.
struct FileOptions: ParsableArguments, DatabaseOptions {
    @Option(help: ArgumentHelp("The file with the orders.", valueName: "file"))
    var db: String

    @Flag(help: "Print JSON.")
    var json = false

    var database: DatabaseFile { DatabaseFile(path: db) }
}
