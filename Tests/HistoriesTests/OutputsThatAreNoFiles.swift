import Fixtures
import Foundation
import Histories
import Testing

@Suite struct `An output file` {
    private func write(_ text: String, to path: String) throws {
        let file = try OutputFile(path: path)
        try file.write(Array(text.utf8))
        try file.close()
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(lstat(path, &status) == 0)
        return status.st_mode & S_IFMT
    }

    @Test func `is made, or emptied first`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("out")
        try write("a long text", to: path)
        try write("short", to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "short")
        #expect(throws: InputFinding.self) { try OutputFile(path: directory.file("no/such")) }
        #expect(throws: InputFinding.self) { try OutputFile(path: directory.path) }
    }

    @Test func `leaves links, pipes and devices in their places`() throws {
        let directory = try TemporaryDirectory()
        let (link, target, pipe) = (directory.file("link"), directory.file("target"), directory.file("pipe"))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        try write("through the link", to: link)
        #expect(try mode(link) == S_IFLNK)
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "through the link")
        try #require(mkfifo(pipe, 0o600) == 0)
        let reading = open(pipe, O_RDONLY | O_NONBLOCK)
        try #require(reading >= 0)
        defer { close(reading) }
        try write("through the pipe", to: pipe)
        #expect(try mode(pipe) == S_IFIFO)
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(reading, &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "through the pipe")
        #expect(OutputTarget(path: link) == .other)
        #expect(OutputTarget(path: pipe) == .other)
        #expect(OutputTarget(path: target) == .file)
        #expect(OutputTarget(path: directory.file("none")) == .file)
    }
}
