import ArgumentParser

/// The options of every command that works on a file.
struct FileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The file with the orders.", valueName: "file"))
    var db: String

    @Flag(help: "Print JSON.")
    var json = false

    var database: DatabaseFile { DatabaseFile(path: db) }
}
