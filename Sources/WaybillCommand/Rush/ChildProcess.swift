import Foundation

/// This executable once more, with pipes to its standard input and output.
struct ChildProcess {
    let process: Process
    /// To write to.
    let input: FileHandle
    /// To read from.
    let output: FileHandle

    static func start(_ arguments: [String]) throws(CommandFailure) -> ChildProcess {
        let process = Process()
        let (toChild, fromChild) = (Pipe(), Pipe())
        process.executableURL = Bundle.main.executableURL
        process.arguments = arguments
        process.standardInput = toChild
        process.standardOutput = fromChild
        do {
            try process.run()
        } catch {
            throw CommandFailure("the shop's process did not start: \(error.localizedDescription)")
        }
        return ChildProcess(
            process: process, input: toChild.fileHandleForWriting, output: fromChild.fileHandleForReading)
    }
}
